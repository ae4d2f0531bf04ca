import { describe, expect, test } from 'vitest';
import { ForgeError } from '../../../src/forge/forge-error.ts';
import { followAnswer, type RequestAnswer } from '../../../src/forge/gh/follow-answer.ts';
import { followRequests } from '../../../src/forge/gh/follow-requests.ts';
import type { GhApi } from '../../../src/forge/gh/gh-api.ts';
import { toPullRequest } from '../../../src/forge/gh/to-pull-request.ts';

const HEAD = 'a'.repeat(40);
const REPOSITORY = { host: 'github.com', owner: 'acme', name: 'shop', url: 'git@github.com:acme/shop.git' };
const ANSWER: RequestAnswer = {
  ...{
    number: 7,
    url: 'https://github.com/acme/shop/pull/7',
    title: 't',
    body: null,
    state: 'OPEN',
    isDraft: false,
  },
  ...{
    headRefName: 'ai/x/A1',
    headRefOid: HEAD,
    baseRefName: 'main',
    mergeable: 'UNKNOWN',
    reviewDecision: null,
  },
  ...{
    authorAssociation: 'NONE',
    author: null,
    mergeCommit: null,
    isCrossRepository: false,
    maintainerCanModify: false,
  },
  ...{ headRepository: null, latestOpinionatedReviews: null, commits: { nodes: [] } },
};

const read = (changes: Partial<RequestAnswer>) => toPullRequest({ ...ANSWER, ...changes }, REPOSITORY.url);
const rollup = (state: string, oid = HEAD, contexts: { nodes: never[] } | null = null) => ({
  commits: { nodes: [{ commit: { oid, statusCheckRollup: { state, contexts } } }] },
});
const review = (state: string, submittedAt: string) => ({ state, submittedAt, commit: { oid: HEAD } });

describe('toPullRequest', () => {
  test('takes what may be missing as missing', () => {
    expect(read({})).toEqual({
      ...{
        number: 7,
        url: 'https://github.com/acme/shop/pull/7',
        branch: 'ai/x/A1',
        head: HEAD,
        base: 'main',
      },
      ...{
        state: 'open',
        merge: null,
        draft: false,
        title: 't',
        body: '',
        author: 'ghost',
        authorMayWrite: false,
      },
      ...{
        review: 'none',
        reviewedAt: null,
        reviewedCommit: null,
        checks: 'none',
        failing: [],
        conflict: false,
      },
      ...{ fork: null, comments: [], moreComments: false },
    });
    expect(
      read({ reviewThreads: { totalCount: 1, nodes: [null] }, commits: { nodes: [null] } }).comments,
    ).toEqual([]);
  });

  test.each([
    ['SUCCESS', 'passing'],
    ['FAILURE', 'failing'],
    ['ERROR', 'failing'],
    ['PENDING', 'pending'],
    ['EXPECTED', 'pending'],
    ['SOMETHING_NEW', 'pending'],
  ])('checks: %s is %s', (state, checks) => {
    expect(read(rollup(state)).checks).toBe(checks);
    expect(read(rollup(state, 'b'.repeat(40))).checks).toBe('none');
  });

  test('one who asks for changes outweighs all approvals; the newest such word is told', () => {
    const words = [
      review('APPROVED', '2026-01-05'),
      review('CHANGES_REQUESTED', '2026-01-03'),
      review('CHANGES_REQUESTED', '2026-01-04'),
    ];
    expect(read({ latestOpinionatedReviews: { nodes: words }, reviewDecision: 'APPROVED' })).toMatchObject({
      ...{ review: 'changes-requested', reviewedAt: '2026-01-04', reviewedCommit: HEAD },
    });
    expect(read({ reviewDecision: 'CHANGES_REQUESTED' })).toMatchObject({
      review: 'changes-requested',
      reviewedAt: null,
    });
    expect(read({ reviewDecision: 'APPROVED' }).review).toBe('approved');
    expect(read({ reviewDecision: 'REVIEW_REQUIRED' }).review).toBe('none');
    expect(read({ latestOpinionatedReviews: { nodes: [null, review('DISMISSED', '')] } }).review).toBe(
      'none',
    );
  });

  test('a merge commit counts only when it is merged: GitHub names a trial merge, too', () => {
    const mergeCommit = { oid: 'c'.repeat(40) };
    expect(read({ mergeCommit }).merge).toBe(null);
    expect(read({ mergeCommit, state: 'CLOSED' }).merge).toBe(null);
    expect(read({ mergeCommit, state: 'MERGED' }).merge).toBe(mergeCommit.oid);
  });

  test('a fork that is gone, or has an odd name, cannot be pushed to', () => {
    const fork = (headRepository: { nameWithOwner: string } | null) =>
      read({ isCrossRepository: true, maintainerCanModify: true, headRepository }).fork;
    expect(fork({ nameWithOwner: 'pat/shop' })).toEqual({
      url: 'git@github.com:pat/shop.git',
      maintainerCanModify: true,
    });
    for (const odd of [
      null,
      { nameWithOwner: '../x' },
      { nameWithOwner: 'a/b/c' },
      { nameWithOwner: '-oProxy=x/y z' },
    ])
      expect(fork(odd)).toEqual({ url: '', maintainerCanModify: false });
  });
});

describe('followRequests', () => {
  const answering =
    (json: unknown, headers: Record<string, string> = {}): GhApi =>
    async () => ({ status: 200, headers: new Map(Object.entries(headers)), json });
  const follow = (json: unknown, headers?: Record<string, string>) =>
    followRequests(answering(json, headers), REPOSITORY, [{ number: 7, branch: 'ai/x/A1' }]);
  const one = (changes: object) => ({ data: { repository: { p0: { ...ANSWER, ...changes } } } });

  test('reads what it asked for, and no more', async () => {
    expect(await follow(one({ somethingNew: 1 }))).toMatchObject([{ number: 7 }]);
    expect(
      await follow({ data: { repository: { p0: null } }, errors: [{ type: 'NOT_FOUND', message: 'x' }] }),
    ).toEqual([]);
    expect(await follow({ data: { repository: { p1: ANSWER } } })).toEqual([]);
  });

  test.each([
    ...[null, 7, 'text', [], { data: 7 }, { data: { repository: { p0: 7 } } }, { data: null }, {}],
    ...[
      one({ headRefOid: 'main' }),
      one({ headRefOid: '--exec' }),
      one({ number: -1 }),
      one({ number: 1.5 }),
    ],
    ...[
      one({ headRefName: '../../x' }),
      one({ headRefName: '-x' }),
      one({ headRefName: 'a b' }),
      one({ headRefName: 'a\nb' }),
    ],
    ...[
      one({ url: 'javascript:alert(1)' }),
      one({ url: 'https://x\u001b[31m' }),
      one({ state: 'DRAFT' }),
      one({ title: 1 }),
    ],
    ...[one({ mergeCommit: { oid: 'HEAD' } }), one({ comments: { totalCount: 1, nodes: [{}] } })],
  ])('nonsense: %j', async (json) => {
    await expect(follow(json)).rejects.toMatchObject({ code: 'forge', trouble: 'nonsense' });
  });

  test('GraphQL says its own troubles with status 200', async () => {
    const limited = { errors: [{ type: 'RATE_LIMITED', message: 'API rate limit exceeded' }] };
    await expect(follow(limited, { 'x-ratelimit-reset': '1795262400' })).rejects.toMatchObject({
      ...{ trouble: 'rate-limited', until: new Date('2026-11-21T12:00:00Z') },
    });
    const missing = {
      data: { repository: null },
      errors: [{ type: 'NOT_FOUND', message: 'Could not\u001b[0m resolve' }],
    };
    await expect(follow(missing)).rejects.toMatchObject({
      ...{
        trouble: 'not-found',
        message: 'github.com knows no acme/shop, or you may not see it: Could not resolve',
      },
    });
    const old = { errors: [{ message: "Field 'x' doesn't exist on type 'PullRequest'" }] };
    await expect(follow(old)).rejects.toMatchObject({
      trouble: 'nonsense',
      message: expect.stringContaining("Field 'x'"),
    });
  });

  test('what is too much at once is asked for by tens, one by one, without comments; a forge that is down is not hammered', async () => {
    const sizes: string[] = [];
    const tooMuch = (asked: number, comments: boolean) =>
      asked > 10 || (asked > 1 && sizes.length < 4) || (asked === 1 && comments && sizes.length < 5);
    const api: GhApi = async ({ body }) => {
      const { query, variables } = body as { query: string; variables: object };
      const asked = Object.keys(variables).length - 2;
      const comments = query.includes('comments(');
      const refused = tooMuch(asked, comments);
      sizes.push(`${asked}${comments ? '' : ' without comments'}`);
      if (refused) throw new ForgeError('offline', 'it answered 502', 'wait', { tooMuch: true });
      const numbers = Object.entries(variables).filter(([name]) => /^n\d/.test(name));
      const repository = Object.fromEntries(
        numbers.map(([name, number]) => [`p${name.slice(1)}`, { ...ANSWER, number }]),
      );
      return { status: 200, headers: new Map(), json: { data: { repository } } };
    };
    const asked = Array.from({ length: 12 }, (_, at) => ({ number: at + 1, branch: '' }));
    const found = await followRequests(api, REPOSITORY, asked);
    expect(found.map(({ number }) => number)).toEqual(asked.map(({ number }) => number));
    expect(found.map(({ moreComments }) => moreComments)).toEqual([true, true, ...Array(10).fill(false)]);
    expect(sizes).toEqual([
      '12',
      '10',
      '1',
      '1 without comments',
      '1',
      '1 without comments',
      ...Array(8).fill('1'),
      '2',
    ]);

    let calls = 0;
    const down: GhApi = async () => {
      calls++;
      throw new ForgeError('offline', 'it answered 502', 'wait', { tooMuch: true });
    };
    await expect(followRequests(down, REPOSITORY, asked)).rejects.toMatchObject({ trouble: 'offline' });
    expect(calls).toBe(4);
  });

  test('an answer as deep as it likes is refused, not followed', () => {
    let deep: unknown = 1;
    for (let at = 0; at < 20_000; at++) deep = [deep];
    expect(followAnswer.safeParse(deep).success).toBe(false);
  });
});
