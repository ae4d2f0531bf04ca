import { describe, expect, test } from 'vitest';
import { ForgeError } from '../../../src/forge/forge-error.ts';
import { HAS_GH } from '../../support/forge/has-gh.ts';
import { openHub, proposal } from './fixture.ts';

describe.skipIf(!HAS_GH)('following through gh', () => {
  test('sees the whole life of a request: opened, reviewed, checked, in conflict, merged by squash', async () => {
    const { hub, repo, forge, branch } = await openHub();
    const name = 'ai/developer/A1-it';
    const tip = branch(name, { 'a.txt': '1\ntwo\n3\n' });
    const gh = await forge();
    await gh.propose(proposal(name, tip));
    const look = async () => (await gh.follow([{ number: 1, branch: name }]))[0];
    expect(await look()).toEqual({
      ...{ number: 1, url: `https://${hub.host}/acme/shop/pull/1`, branch: name, head: tip, base: 'main' },
      ...{
        state: 'open',
        merge: null,
        draft: false,
        title: 'feat(A1): add it',
        author: 'pat',
        authorMayWrite: true,
      },
      body: expect.stringContaining('What and why.\n'),
      ...{ review: 'none', reviewedAt: null, reviewedCommit: null, checks: 'none', failing: [] },
      ...{ conflict: false, fork: null, comments: [], moreComments: false },
    });

    hub.review(1, 'CHANGES_REQUESTED', 'Not like this.', { by: 'stranger', as: 'NONE' });
    expect(await look()).toMatchObject({ review: 'none' });
    hub.review(1, 'CHANGES_REQUESTED', 'Use a table.', { by: 'mike', as: 'MEMBER' });
    hub.remark(1, { path: 'a.txt', line: 2 }, 'Why two?', { by: 'mike', as: 'MEMBER' });
    hub.remark(1, { path: 'a.txt', line: null, resolved: true }, 'Old.', { by: 'ann', as: 'COLLABORATOR' });
    hub.comment(1, 'Nice!', { by: 'stranger', as: 'CONTRIBUTOR' });
    const asked = await look();
    expect(asked).toMatchObject({ review: 'changes-requested', reviewedCommit: tip });
    expect(asked?.reviewedAt).toMatch(/^2026-01-02T/);
    const none = { path: null, line: null, resolved: false };
    expect(asked?.comments.map(({ at: _, ...rest }) => rest)).toEqual([
      { author: 'stranger', mayWrite: false, body: 'Not like this.', ...none },
      { author: 'mike', mayWrite: true, body: 'Use a table.', ...none },
      { author: 'mike', mayWrite: true, body: 'Why two?', path: 'a.txt', line: 2, resolved: false },
      { author: 'ann', mayWrite: true, body: 'Old.', path: 'a.txt', line: null, resolved: true },
      { author: 'stranger', mayWrite: false, body: 'Nice!', ...none },
    ]);

    hub.review(1, 'APPROVED', '', { by: 'ann', as: 'COLLABORATOR' });
    expect(await look()).toMatchObject({ review: 'changes-requested' });
    hub.review(1, 'APPROVED', '', { by: 'mike', as: 'MEMBER' });
    expect(await look()).toMatchObject({ review: 'approved', reviewedAt: null });

    hub.check(1, { name: 'build', conclusion: null }, { name: 'lint', conclusion: 'SUCCESS' });
    expect(await look()).toMatchObject({ checks: 'pending', failing: [] });
    hub.check(
      1,
      { name: 'build', conclusion: 'FAILURE', url: 'https://checks.example.com/1' },
      { name: 'old', conclusion: 'ERROR', status: true, url: 'javascript:alert(1)' },
      { name: 'lint', conclusion: 'SUCCESS' },
    );
    expect(await look()).toMatchObject({
      checks: 'failing',
      failing: [
        { name: 'build', url: 'https://checks.example.com/1' },
        { name: 'old', url: null },
      ],
    });
    hub.check(1, { name: 'lint', conclusion: 'SUCCESS' });
    expect(await look()).toMatchObject({ checks: 'passing', failing: [] });

    repo.commit('fix: another two', { 'a.txt': '1\n2!\n3\n' });
    repo.git('push', '-q', 'origin', 'main');
    expect(await look()).toMatchObject({ conflict: true, state: 'open' });
    repo.git('checkout', '-q', name);
    repo.git('merge', '-q', '-X', 'ours', 'main', '-m', 'chore: merge main');
    const merged = repo.git('rev-parse', 'HEAD');
    await gh.propose(proposal(name, merged));
    // Checks of the commit before say nothing about this one.
    expect(await look()).toMatchObject({ conflict: false, head: merged, checks: 'none' });

    const landed = hub.merge(1, 'squash');
    expect(await look()).toMatchObject({ state: 'merged', merge: landed, head: merged });
    expect(hub.bare.git('rev-list', '--parents', '-1', 'main').split(' ')).toHaveLength(2);
    expect(hub.asked.filter((one) => one.startsWith('POST graphql'))).toHaveLength(11);
  });

  test('merge and rebase leave what they should on main; a closed one, a closed branch, and one that is not there', async () => {
    const { hub, forge, branch, repo } = await openHub();
    const gh = await forge();
    for (const name of ['ai/x/A1-a', 'ai/x/A2-b', 'ai/x/A3-c', 'ai/x/A4-d'])
      await gh.propose(proposal(name, branch(name)));
    const commit = hub.merge(1, 'merge');
    const rebased = hub.merge(2, 'rebase');
    hub.shut(3);
    repo.git('push', '-q', 'origin', ':ai/x/A4-d');
    const found = await gh.follow([1, 2, 3, 4, 99].map((number) => ({ number, branch: '' })));
    expect(found.map(({ number, state, merge }) => ({ number, state, merge }))).toEqual([
      { number: 1, state: 'merged', merge: commit },
      { number: 2, state: 'merged', merge: rebased },
      { number: 3, state: 'closed', merge: null },
      { number: 4, state: 'closed', merge: null },
    ]);
    expect(hub.bare.git('log', '--first-parent', '--format=%s', '-3', 'main').split('\n')).toEqual([
      'feat: ai/x/A2-b',
      'Merge pull request #1 from acme/ai/x/A1-a',
      'chore: first',
    ]);
  });

  test('fifty requests are one question', async () => {
    const { hub, forge, branch, repo } = await openHub();
    const tip = branch('work');
    const names = Array.from({ length: 50 }, (_, at) => `ai/x/A${at + 1}-it`);
    repo.git('push', '-q', 'origin', ...names.map((name) => `${tip}:refs/heads/${name}`));
    for (const name of names) hub.open({ branch: name });
    const body = 'x'.repeat(2000);
    for (const request of hub.all())
      for (let at = 10; at < 60; at++)
        request.comments.push(
          { by: 'mike', association: 'OWNER', body, at: `2026-01-02T00:00:${at}Z` },
          {
            ...{ by: 'troll', association: 'NONE', body, at: `2026-01-02T00:00:${at}Z` },
          },
        );
    const gh = await forge();
    const before = hub.asked.length;
    const found = await gh.follow(
      names.map((branch, at) => ({ number: at % 2 === 0 ? at + 1 : null, branch })),
    );
    expect(found.map(({ branch }) => branch)).toEqual(names);
    expect(found.every(({ comments, moreComments }) => comments.length === 50 && moreComments)).toBe(true);
    expect(hub.asked.slice(before)).toEqual(['POST graphql RotaFollow']);
    expect(await gh.follow([])).toEqual([]);
    expect(hub.asked).toHaveLength(before + 1);
  });

  test('somebody who fills requests with comments makes nobody blind to them', async () => {
    const { hub, forge, branch, repo } = await openHub();
    const tip = branch('work');
    const names = ['ai/x/A1-a', 'ai/x/A2-b'];
    repo.git('push', '-q', 'origin', ...names.map((name) => `${tip}:refs/heads/${name}`));
    for (const name of names) hub.open({ branch: name });
    const flood = 'x'.repeat(1024 * 1024);
    hub.comment(1, 'a word');
    const word = { by: 'troll', association: 'NONE', body: flood, at: '2026-01-02T00:00:00Z' } as const;
    for (let thread = 0; thread < 4; thread++)
      hub.get(2).threads.push({ path: 'a.txt', line: 1, resolved: false, comments: Array(5).fill(word) });
    const gh = await forge();
    const found = await gh.follow(names.map((name) => ({ number: null, branch: name })));
    expect(
      found.map(({ number, comments, moreComments }) => [number, comments.length, moreComments]),
    ).toEqual([
      [1, 1, false],
      [2, 0, true],
    ]);
  });

  test("a branch's request is the one from here, not that of a fork's branch of the same name", async () => {
    const { hub, forge, branch, repo } = await openHub();
    const name = 'ai/x/A1-a';
    const tip = branch(name);
    const fork = hub.fork('stranger');
    fork.git(
      'update-ref',
      `refs/heads/${name}`,
      fork.git('commit-tree', '-p', 'main', '-m', 'evil', 'main^{tree}'),
    );
    hub.open({ branch: name, from: 'stranger', association: 'NONE', author: 'stranger' });
    const gh = await forge();
    expect(await gh.follow([{ number: null, branch: name }])).toEqual([]);
    const made = await gh.propose(proposal(name, tip));
    expect(made).toMatchObject({ number: 2, created: true });
    hub.open({ branch: name, from: 'stranger', association: 'NONE', author: 'stranger' });
    expect(await gh.follow([{ number: null, branch: name }])).toMatchObject([{ number: 2, fork: null }]);
    expect(await gh.find('1')).toMatchObject({
      number: 1,
      ...{ author: 'stranger', authorMayWrite: false },
      fork: { url: `https://${hub.host}/stranger/shop.git`, maintainerCanModify: false },
    });
    hub.get(1).maintainerCanModify = true;
    expect((await gh.find('#1')).fork?.maintainerCanModify).toBe(true);
    expect(repo.git('ls-remote', (await gh.find('1')).fork?.url ?? '')).toContain(`refs/heads/${name}`);
  });

  test('finds by number and address, and refuses other repositories', async () => {
    const { forge, branch } = await openHub();
    const gh = await forge();
    const { url } = await gh.propose(proposal('ai/x/A1-a', branch('ai/x/A1-a')));
    for (const word of ['1', '#1', ` ${url} `, `${url}/files#diff-1`, url!.replace('/acme/', '/ACME/')])
      expect(await gh.find(word)).toMatchObject({ number: 1, branch: 'ai/x/A1-a' });
    const refusals: [string, RegExp][] = [
      ['2', /acme\/shop on localhost:\d+ has no pull request 2/],
      [url!.replace('acme', 'other'), /of another repository; this one is acme\/shop/],
      [url!.replace(/localhost:\d+/, 'github.com'), /of another repository/],
      ['-1', /names no pull request/],
      ['ai/x/A1-a', /names no pull request/],
      ['0', /names no pull request/],
    ];
    for (const [word, message] of refusals) {
      const error = await gh.find(word).catch((thrown) => thrown);
      expect(error).toBeInstanceOf(ForgeError);
      expect(error).toMatchObject({ trouble: 'not-found', message: expect.stringMatching(message) });
    }
  });
});
