import { describe, expect, test } from 'vitest';
import { emptyRecord } from '../../../src/plan/empty-record.ts';
import type { MergedVerdict } from '../../../src/plan/merged-branch.ts';
import {
  decideRequest,
  type RequestFacts,
  type RequestTask,
  TRIES_AGAIN,
} from '../../../src/plan/pull-request.ts';
import type { ReturnedRequest, TaskRecord } from '../../../src/plan/record.ts';
import type { RequestView } from '../../../src/plan/request-view.ts';

const URL = 'https://github.com/acme/shop/pull/12';
const [HEAD, BASE, NEWER] = ['a'.repeat(40), 'b'.repeat(40), 'c'.repeat(40)];
const PROPOSAL = { branch: 'ai/developer/A1-x', head: HEAD, base: BASE, since: '2026-11-20T10:00:00.000Z' };
const MERGED: MergedVerdict = { merged: 'yes', why: 'merged' };
const NOT: MergedVerdict = { merged: 'no', why: 'its work is not on main' };
const OPEN: RequestTask = { state: 'open', taken: null, edited: false };
const DONE: RequestTask = { state: 'over', taken: 'A1 is done on main', edited: true };

interface Wish extends Partial<Omit<RequestFacts, 'record' | 'request'>> {
  readonly record?: Partial<TaskRecord>;
  readonly request?: Partial<RequestView> | null;
}

function decide({ record, request = {}, ...over }: Wish = {}) {
  return decideRequest({
    record: { ...emptyRecord('A1', 'proposed'), pr: URL, ...record, proposal: record?.proposal ?? PROPOSAL },
    request: request === null ? null : view(request),
    ...{ merged: NOT, branch: 'there', conflict: false, task: OPEN, attempts: 3 },
    now: new Date('2026-11-21T00:00:00Z'),
    ...over,
  });
}

function view(over: Partial<RequestView> = {}): RequestView {
  return {
    ...{ url: URL, head: HEAD, state: 'open', merge: null, review: 'none', reviewedAt: null },
    ...{ checks: 'none', failing: [], conflict: false, comments: [], moreComments: false },
    ...over,
  };
}

const returned = (over: Partial<ReturnedRequest> = {}): ReturnedRequest => ({
  ...{ head: HEAD, review: null, comment: null, checks: 0 },
  ...over,
});

describe('merged', () => {
  test('everything is cleaned up, in whatever state the record is', () => {
    for (const state of ['proposed', 'returned', 'blocked', 'held', null] as const)
      expect(decide({ record: { state }, merged: MERGED, task: DONE })).toEqual({
        kind: 'clean',
        why: `${URL}: merged`,
      });
  });

  test('standing work, which is ready again, and a task whose file is gone are cleaned up', () => {
    for (const state of ['over', 'away'] as const)
      expect(decide({ merged: MERGED, task: { ...OPEN, state } })).toMatchObject({ kind: 'clean' });
  });

  test('main says that the task is not done: named, and nothing is changed', () => {
    const left = decide({ merged: MERGED });
    expect(left).toMatchObject({ kind: 'leave', named: true });
    expect(left).toMatchObject({ why: expect.stringContaining('rota edit A1 status=done') });
  });

  test('not done, and edited since: a person wants more, so it may be picked again', () => {
    expect(decide({ merged: MERGED, task: { ...OPEN, edited: true } })).toMatchObject({ kind: 'clean' });
  });

  test('unsure: kept, and named', () => {
    expect(decide({ merged: { merged: 'unsure', why: 'who knows' }, task: DONE })).toEqual({
      kind: 'leave',
      named: true,
      why: `${URL}: who knows`,
    });
  });
});

describe('closed', () => {
  test('blocked, with the ids that were reserved with it free again; attempts and notes stay', () => {
    for (const state of ['proposed', 'returned'] as const) {
      const decided = decide({ record: { state, attempts: 1 }, request: { state: 'closed' } });
      expect(decided).toMatchObject({ kind: 'change', drop: true });
      expect(decided).toMatchObject({
        change: { state: 'blocked', reason: expect.stringMatching(/^closed: /) },
      });
      expect(decided).not.toHaveProperty('change.attempts');
      expect(decided).not.toHaveProperty('change.notes');
    }
  });

  test('what is blocked already is not blocked again', () => {
    const record = { state: 'blocked', reason: `closed: ${URL} was closed without being merged` } as const;
    expect(decide({ record, request: { state: 'closed' } })).toEqual({ kind: 'nothing' });
    expect(decide({ record: { state: 'held' }, request: { state: 'closed' } })).toEqual({ kind: 'nothing' });
  });

  test('opened again: followed again. Blocked for another reason: not', () => {
    const closed = { state: 'blocked', reason: `closed: ${URL} was closed without being merged` } as const;
    expect(decide({ record: closed })).toMatchObject({
      change: { state: 'proposed', reason: null },
      drop: false,
    });
    expect(decide({ record: { state: 'blocked', reason: 'which colour?' } })).toEqual({ kind: 'nothing' });
  });

  test('an older request of the branch was closed, and the newer work is not pushed yet: it is proposed', () => {
    const proposal = { ...PROPOSAL, head: NEWER };
    const closed = { state: 'closed', head: HEAD } as const;
    expect(decide({ record: { proposal }, request: closed, branch: 'behind' })).toMatchObject({
      kind: 'propose',
    });
    expect(decide({ record: { proposal }, request: closed })).toMatchObject({ change: { state: 'blocked' } });
  });
});

describe('asked for changes', () => {
  test('a review: back to the agent, once, however often the work is brought up to date', () => {
    const request = { review: 'changes-requested', reviewedAt: '2026-01-02T00:00:01Z' } as const;
    const first = decide({ request });
    expect(first).toMatchObject({
      kind: 'change',
      change: {
        state: 'returned',
        reason: 'changes are requested',
        returned: returned({ review: request.reviewedAt }),
      },
    });
    const record = { returned: returned({ review: request.reviewedAt }) };
    for (const head of [HEAD, NEWER])
      expect(decide({ record, request: { ...request, head } })).toMatchObject({
        kind: 'leave',
        named: false,
        why: expect.stringContaining('changes were requested and answered'),
      });
  });

  test('a newer review: again. An older one, because the newer was dismissed: not', () => {
    const record = { returned: returned({ review: '2026-01-02T00:00:05Z' }) };
    const at = (reviewedAt: string) =>
      decide({ record, request: { review: 'changes-requested', reviewedAt } });
    expect(at('2026-01-02T00:00:06Z')).toMatchObject({ change: { state: 'returned' } });
    expect(at('2026-01-02T00:00:04Z')).toMatchObject({ kind: 'leave' });
  });

  test('a review without a date counts once', () => {
    const request = { review: 'changes-requested', reviewedAt: null } as const;
    const first = decide({ request });
    expect(first).toMatchObject({ change: { state: 'returned', returned: { review: 'undated' } } });
    const record = { returned: returned({ review: 'undated' }) };
    expect(decide({ record, request: { ...request, head: NEWER } })).toMatchObject({ kind: 'leave' });
    expect(decide({ record, request: { ...request, reviewedAt: '2026-01-02T00:00:04Z' } })).toMatchObject({
      change: { state: 'returned' },
    });
  });

  test('a failing check and a conflict: once for each head', () => {
    for (const request of [{ checks: 'failing' }, { conflict: true }] as const) {
      expect(decide({ request })).toMatchObject({ change: { state: 'returned', returned: { head: HEAD } } });
      const record = { returned: returned() };
      expect(decide({ record, request })).toMatchObject({ kind: 'leave' });
      expect(decide({ record, request: { ...request, head: NEWER } })).toMatchObject({
        change: { state: 'returned', returned: { head: NEWER } },
      });
    }
  });

  test('checks that never turn green stop going back after as many tries as the role has attempts', () => {
    const request = { checks: 'failing', head: NEWER, failing: [{ name: 'build', url: null }] } as const;
    const after = (checks: number, more: Partial<RequestView> = {}) =>
      decide({ record: { returned: returned({ checks }) }, request: { ...request, ...more } });
    expect(after(2)).toMatchObject({ change: { state: 'returned', returned: { checks: 3 } } });
    expect(after(3)).toMatchObject({
      change: { state: 'blocked', reason: expect.stringContaining('build') },
    });
    // A person's word starts the count again.
    const review = { review: 'changes-requested', reviewedAt: '2026-01-02T00:00:01Z' } as const;
    expect(after(3, review)).toMatchObject({ change: { state: 'returned', returned: { checks: 0 } } });
    expect(after(1, { checks: 'none', conflict: true })).toMatchObject({
      change: { returned: { checks: 1 } },
    });
  });

  test('nothing is asked: followed, in words', () => {
    const said = (request: Partial<RequestView>) => decide({ request });
    expect(said({})).toEqual({ kind: 'leave', named: false, why: `${URL}: not reviewed yet` });
    expect(said({ review: 'approved', checks: 'passing' })).toMatchObject({
      why: `${URL}: approved, checks pass`,
    });
    expect(said({ checks: 'pending' })).toMatchObject({ why: `${URL}: not reviewed yet, checks run` });
  });

  test('attempts are not counted, the log says it', () => {
    const decided = decide({ record: { attempts: 1, log: ['before'] }, request: { conflict: true } });
    expect(decided).not.toHaveProperty('change.attempts');
    expect(decided).toMatchObject({
      change: {
        log: ['before', expect.stringMatching(/\| sweeper \| A1 \| returned \| it conflicts with main/)],
      },
    });
  });
});

describe('while it is with the agent', () => {
  const record = { state: 'returned', returned: returned() } as const;

  test('nothing happens to it', () => {
    expect(decide({ record, request: { checks: 'failing' } })).toMatchObject({ kind: 'leave', named: false });
    expect(decide({ record, request: { checks: 'pending' } })).toMatchObject({ kind: 'leave' });
    expect(decide({ record, request: null, conflict: true })).toMatchObject({ kind: 'leave' });
  });

  test('what was asked for is settled by people: no agent is started for nothing; the same may be asked again', () => {
    const settled = decide({ record, request: { checks: 'passing' } });
    expect(settled).toMatchObject({ change: { state: 'proposed', reason: null, returned: { head: BASE } } });
    expect(decide({ record, request: { checks: 'passing', head: NEWER } })).toMatchObject({ kind: 'leave' });
  });
});

describe('not opened yet', () => {
  test('no request, a branch that was not pushed, an update that failed: proposed', () => {
    const failed = `no: ${TRIES_AGAIN}`;
    expect(decide({ record: { pr: null }, request: null })).toMatchObject({ kind: 'propose' });
    expect(decide({ branch: 'behind' })).toMatchObject({ kind: 'propose' });
    expect(decide({ branch: 'behind', request: null })).toMatchObject({ kind: 'propose' });
    expect(decide({ record: { reason: failed } })).toMatchObject({ kind: 'propose' });
    expect(decide({ record: { pr: null, state: 'returned' }, request: null })).toMatchObject({
      kind: 'leave',
    });
  });

  test('a person opened one for the branch: it is the one', () => {
    const record = { pr: `branch ${PROPOSAL.branch}`, reason: 'open it: https://…' };
    expect(decide({ record })).toMatchObject({ kind: 'change', change: { pr: URL, reason: null } });
    expect(decide({ record: { pr: null } })).toMatchObject({ change: { pr: URL } });
  });
});

describe("git's word alone", () => {
  test('waits for people; a branch that is gone and not merged is named', () => {
    expect(decide({ request: null })).toEqual({
      kind: 'leave',
      named: false,
      why: `${URL}: waits for people`,
    });
    expect(decide({ request: null, branch: 'gone' })).toMatchObject({ kind: 'leave', named: true });
  });

  test('a conflict goes back to the agent, once for what was proposed', () => {
    expect(decide({ request: null, conflict: true })).toMatchObject({
      change: { state: 'returned', pr: URL },
    });
    const record = { returned: returned() };
    expect(decide({ record, request: null, conflict: true })).toMatchObject({ kind: 'leave' });
  });
});

describe('what people did to the task', () => {
  test.each(['A1 is dropped on main', 'mike locked A1'])(
    '%s: named, nothing goes back, nothing is closed',
    (taken) => {
      const task = { ...OPEN, taken };
      const left = decide({ task, request: { checks: 'failing', review: 'changes-requested' } });
      expect(left).toMatchObject({ kind: 'leave', named: true, why: expect.stringContaining(taken) });
      expect(decide({ task, request: null, conflict: true })).toMatchObject({ kind: 'leave', named: true });
    },
  );

  test('edited: named, and what reviewers ask for goes back all the same', () => {
    const task = { ...OPEN, edited: true };
    expect(decide({ task })).toMatchObject({ named: true, why: expect.stringContaining('edited on main') });
    expect(decide({ task, request: { conflict: true } })).toMatchObject({ change: { state: 'returned' } });
  });
});
