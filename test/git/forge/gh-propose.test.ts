import { describe, expect, test } from 'vitest';
import { HAS_GH } from '../../support/forge/has-gh.ts';
import { openHub, proposal } from './fixture.ts';

const BRANCH = 'ai/developer/A1-it';

describe.skipIf(!HAS_GH)('proposing through gh', () => {
  test('pushes the branch and opens one request, however often it is done', async () => {
    const { hub, forge, branch } = await openHub();
    const tip = branch(BRANCH);
    const gh = await forge();
    expect(gh).toMatchObject({ name: 'gh', canFollow: true });
    const url = `https://${hub.host}/acme/shop/pull/1`;
    expect(await gh.propose(proposal(BRANCH, tip))).toEqual({
      number: 1,
      url,
      link: null,
      created: true,
      notes: [],
    });
    expect(hub.get(1)).toMatchObject({
      head: tip,
      base: 'main',
      title: 'feat(A1): add it',
      state: 'OPEN',
      draft: false,
    });
    expect(hub.bare.git('rev-parse', `refs/heads/${BRANCH}`, 'refs/pull/1/head').split('\n')).toEqual([
      tip,
      tip,
    ]);
    const asked = hub.asked.length;
    const again = await gh.propose(proposal(BRANCH, tip));
    expect(again).toEqual({ number: 1, url, link: null, created: false, notes: [] });
    // Nothing was different, so nothing was written.
    expect(hub.asked.slice(asked)).toEqual(['GET repos/acme/shop/pulls']);
    expect(hub.all()).toHaveLength(1);
  });

  test('brings text and branch up to date, and leaves what people wrote', async () => {
    const { hub, forge, branch, repo } = await openHub();
    const gh = await forge();
    await gh.propose(proposal(BRANCH, branch(BRANCH), { title: 'feat: one', body: 'First.\n' }));
    const request = hub.get(1);
    // As the web page sends it.
    request.body = `Please look at line 3.\n${request.body}\nThanks!`.replaceAll('\n', '\r\n');
    repo.git('checkout', '-q', BRANCH);
    const next = repo.commit('fix: more', { 'more.txt': 'x\n' });
    await gh.propose(proposal(BRANCH, next, { title: 'feat: two', body: 'Second.\n' }));
    expect(hub.get(1)).toMatchObject({ head: next, title: 'feat: two' });
    expect(hub.get(1).body).toMatch(
      /^Please look at line 3\.\n<!-- rota [0-9a-f]{12} -->\nSecond\.\n\n<!-- \/rota -->\nThanks!$/,
    );
    request.title = 'feat: my own words';
    await gh.propose(proposal(BRANCH, next, { title: 'feat: three', body: 'Third.\n' }));
    await gh.propose(proposal(BRANCH, next, { title: 'feat: my own words', body: 'Third.\n' }));
    await gh.propose(proposal(BRANCH, next, { title: 'feat: four', body: 'Fourth.\n' }));
    expect(hub.get(1).title).toBe('feat: my own words');
    expect(hub.get(1).body).toContain('Fourth.');
    request.body = 'All mine.';
    await gh.propose(proposal(BRANCH, next, { title: 'feat: five', body: 'Fifth.\n' }));
    expect(hub.get(1)).toMatchObject({ title: 'feat: my own words', body: 'All mine.' });
  });

  test('labels, reviewers, draft and auto-merge; what is not there or not allowed is said and loses nothing', async () => {
    const { hub, forge, branch } = await openHub();
    hub.labels.add('needs review?');
    const gh = await forge();
    const wanted = {
      labels: ['rota', 'nowhere', 'needs review?'],
      reviewers: ['mike', 'nobody', 'acme/backend', 'pat'],
      ...{ draft: true, autoMerge: true },
    };
    const full = await gh.propose(proposal(BRANCH, branch(BRANCH), wanted));
    expect(full).toMatchObject({ number: 1, created: true });
    expect(hub.get(1)).toMatchObject({
      ...{ labels: ['rota', 'needs review?'], reviewers: ['mike'], teams: ['backend'] },
      ...{ draft: true, autoMerge: 'MERGE' },
    });
    expect(full.notes).toEqual([
      'There is no label "nowhere"; the request is without it.',
      expect.stringMatching(
        /^nobody cannot be asked for a review: Reviews may only be requested from collaborators/,
      ),
      'pat cannot be asked for a review: Review cannot be requested from pull request author.',
    ]);

    Object.assign(hub.rules, { drafts: false, merge: false, squash: false, autoMerge: false });
    const poor = await gh.propose(proposal('ai/x/A2', branch('ai/x/A2'), { draft: true, autoMerge: true }));
    expect(poor).toMatchObject({ number: 2, created: true });
    expect(hub.get(2)).toMatchObject({ draft: false, autoMerge: null });
    expect(poor.notes).toEqual([
      'It is no draft: Draft pull requests are not supported in this repository.',
      'It does not merge by itself: Auto merge is not allowed for this repository.',
    ]);
    hub.rules.autoMerge = true;
    await gh.propose(proposal('ai/x/A3', branch('ai/x/A3'), { autoMerge: true }));
    expect(hub.get(3).autoMerge).toBe('REBASE');
  });

  test('a death after opening is made good by the next try; what people took off is not put back', async () => {
    const { hub, repo, forge, branch } = await openHub();
    const tip = branch(BRANCH);
    repo.git('push', '-q', 'origin', `${tip}:refs/heads/${BRANCH}`);
    hub.open({ branch: BRANCH, title: 'feat(A1): add it' });
    const gh = await forge();
    const wanted = { labels: ['rota'], reviewers: ['mike'] };
    expect(await gh.propose(proposal(BRANCH, tip, wanted))).toMatchObject({
      number: 1,
      created: false,
      notes: [],
    });
    expect(hub.get(1)).toMatchObject({ labels: ['rota'], reviewers: ['mike'] });
    hub.get(1).labels.splice(0);
    await gh.propose(proposal(BRANCH, tip, wanted));
    expect(hub.get(1)).toMatchObject({ labels: [], reviewers: ['mike'] });
  });

  test('one that the list did not know yet is brought up to date, not opened twice', async () => {
    const { hub, forge, branch } = await openHub();
    const tip = branch(BRANCH);
    const gh = await forge();
    await gh.propose(proposal(BRANCH, tip));
    hub.rules.lists = 'late';
    expect(await gh.propose(proposal(BRANCH, tip, { title: 'feat: two' }))).toMatchObject({
      number: 1,
      created: false,
    });
    expect(hub.all()).toMatchObject([{ title: 'feat: two' }]);
  });

  test('a closed request is not opened again: there is a new one', async () => {
    const { hub, forge, branch } = await openHub();
    const tip = branch(BRANCH);
    const gh = await forge();
    await gh.propose(proposal(BRANCH, tip));
    hub.shut(1);
    expect(await gh.propose(proposal(BRANCH, tip))).toMatchObject({ number: 2, created: true });
    expect(hub.get(1).state).toBe('CLOSED');
    expect(await gh.follow([{ number: null, branch: BRANCH }])).toMatchObject([{ number: 2, state: 'open' }]);
  });

  test('what GitHub refuses is said in its words', async () => {
    const { hub, repo, forge } = await openHub();
    const gh = await forge();
    const main = repo.git('rev-parse', 'main');
    const error = await gh.propose(proposal(BRANCH, main)).catch((thrown) => thrown);
    expect(error).toMatchObject({
      ...{ code: 'forge', trouble: 'refused', hint: 'Everything on the branch is on main already.' },
      message: expect.stringMatching(
        /does not open a request for .*: Validation Failed; No commits between main and /,
      ),
    });
    expect(hub.all()).toEqual([]);
  });

  test('a branch of a fork with the same name is not ours to bring up to date', async () => {
    const { hub, forge, branch } = await openHub();
    const fork = hub.fork('acme2');
    fork.git(
      'update-ref',
      `refs/heads/${BRANCH}`,
      fork.git('commit-tree', '-p', 'main', '-m', 'x', 'main^{tree}'),
    );
    hub.open({ branch: BRANCH, from: 'acme2', title: 'theirs', body: 'theirs' });
    hub.open({ branch: 'main', from: 'acme2', title: 'theirs', body: 'theirs' });
    // GitHub lists every open request when it does not understand the name.
    hub.rules.lists = 'unfiltered';
    const tip = branch(BRANCH);
    expect(await (await forge()).propose(proposal(BRANCH, tip))).toMatchObject({ number: 3, created: true });
    expect(await (await forge()).propose(proposal(BRANCH, tip))).toMatchObject({ number: 3, created: false });
    expect(hub.get(1)).toMatchObject({ title: 'theirs', body: 'theirs' });
  });

  test('data is never an option or a question', async () => {
    const { hub, forge, branch } = await openHub();
    const gh = await forge();
    const odd = 'ai/x/A1-"}mutation&base=x%2f';
    const text = { title: '--repo=other/x @me', body: '@/etc/passwd\n--input=/etc/passwd\n"}{\u0007' };
    expect(await gh.propose(proposal(odd, branch(odd), text))).toMatchObject({ number: 1, created: true });
    expect(hub.get(1)).toMatchObject({ branch: odd, title: text.title });
    expect(hub.get(1).body).toContain(text.body);
    expect(await gh.propose(proposal(odd, hub.get(1).head, text))).toMatchObject({
      number: 1,
      created: false,
    });
    expect(await gh.follow([{ number: null, branch: odd }])).toMatchObject([{ number: 1, branch: odd }]);
  });
});
