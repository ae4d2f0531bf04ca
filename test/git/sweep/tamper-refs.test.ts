import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { emptyRecord } from '../../../src/plan/empty-record.ts';
import { openRunFolder } from '../../../src/run/project/run-folder.ts';
import { moveRef } from '../../../src/run/worktree/ancestry.ts';
import { openMerge } from '../../../src/run/worktree/open-merge.ts';
import { taskKey } from '../../../src/task/id.ts';
import { BRANCH } from '../worktree/open-test-project.ts';
import { NOTHING, WHILE, watching } from './watching.ts';

const A1 = taskKey('A1');
const A2 = taskKey('A2');

describe('main', () => {
  test("a person's commit and amend at home are named, a reset and a merge of main into the branch are nothing", async () => {
    const { repo, project, made, start, gitIn } = await watching();
    writeFileSync(join(made.path, 'src/a.txt'), 'work\n');
    gitIn(made.path, 'commit', '-qam', 'feat: work');
    const end = await start();
    const theirs = repo.commit('feat: theirs', { 'src/b.txt': 'theirs\n' });
    await openMerge(project, made, theirs);
    const tip = gitIn(made.path, 'rev-parse', 'HEAD');
    const got = (commit: string, subject: string) => ({
      ...NOTHING,
      meanwhile: [
        `${WHILE}main got a commit that no run landed, by you or by the agent: ${commit.slice(0, 10)} (${subject})`,
      ],
    });
    expect(await end(tip)).toEqual(got(theirs, 'feat: theirs'));
    repo.git('commit', '-q', '--amend', '-m', 'feat: theirs, in other words');
    expect(await end(tip)).toEqual(got(repo.git('rev-parse', 'main'), 'feat: theirs, in other words'));
    repo.git('reset', '-q', '--hard', 'HEAD~1');
    expect(await end(tip)).toEqual(NOTHING);
  });

  test("a person's merge of the run's branch is named and left to them", async () => {
    const { repo, made, start, gitIn } = await watching();
    const end = await start();
    writeFileSync(join(made.path, 'src/a.txt'), 'work\n');
    gitIn(made.path, 'commit', '-qam', 'feat: work');
    const tip = gitIn(made.path, 'rev-parse', 'HEAD');
    repo.git('merge', '-q', BRANCH);
    expect(await end(tip)).toEqual({
      refused: [`main was moved to ${tip.slice(0, 10)}, a commit of this run that has not been gated`],
      noticed: [],
      meanwhile: [],
    });
    expect(repo.git('rev-parse', 'main')).toBe(tip);
  });

  test.each([
    ['a commit of the branch', 'git commit -q --allow-empty -m mine && git update-ref refs/heads/main HEAD'],
    ['a commit of no branch', 'git update-ref refs/heads/main $(git commit-tree -p main -m x "main^{tree}")'],
    ['an older commit', 'git update-ref refs/heads/main main~1'],
    ['nothing', 'git update-ref -d refs/heads/main'],
  ])('main that was moved to %s from the worktree is put back', async (what, sh) => {
    const { repo, made, start } = await watching();
    const before = repo.commit('feat: theirs', { 'src/b.txt': 'theirs\n' });
    const end = await start();
    repo.git('-C', made.path, '-c', `alias.do=!${sh}`, 'do');
    const { refused } = await end(repo.git('rev-parse', BRANCH));
    expect(refused).toHaveLength(1);
    expect(refused[0]).toContain(
      what === 'nothing'
        ? 'main was deleted'
        : what.includes('the')
          ? 'a commit of this run'
          : 'from outside',
    );
    expect(refused[0]).toContain(`it is back at ${before.slice(0, 10)}`);
    expect(repo.git('rev-parse', 'main')).toBe(before);
    expect(repo.git('status', '--porcelain')).toBe('');
  });

  test('a move by rota itself, with main checked out or not, is nothing', async () => {
    const { repo, project, start } = await watching();
    const end = await start();
    const old = repo.git('rev-parse', 'main');
    const commit = repo.git('commit-tree', '-p', old, '-m', 'chore(backlog): edit A1', 'main^{tree}');
    expect((await project.moveMain({ run: 'X', old, new: commit, refs: [] })).kind).toBe('moved');
    expect(await end()).toEqual(NOTHING);
    repo.git('checkout', '-q', '--detach');
    const next = repo.git('commit-tree', '-p', commit, '-m', 'chore(backlog): edit A1', 'main^{tree}');
    expect((await project.moveMain({ run: 'X', old: commit, new: next, refs: [] })).kind).toBe('moved');
    expect(await end()).toEqual(NOTHING);
  });
});

describe('records', () => {
  test.each([
    ['attempts and log', { attempts: 0, log: ['forged'] }],
    ['a publishing commit', { publish: 'f'.repeat(40) }],
    ['a waiting landing', { state: 'waiting' as const }],
  ])("this run's own record with %s that it did not write", async (_what, change) => {
    const { lock, record, put, start } = await watching();
    lock.record = { ...record, attempts: 1 };
    lock.token = await put(A1, lock.record);
    const end = await start();
    await put(A1, { ...lock.record, of: 'f'.repeat(64) });
    expect(await end()).toEqual(NOTHING);
    await put(A1, { ...lock.record, ...change });
    const { refused } = await end();
    expect(refused).toEqual([expect.stringContaining("this run's record was rewritten by somebody else: ")]);
    for (const key of Object.keys(change)) expect(refused[0]).toContain(key);
  });

  test("another task's record: said, unless a run had that task or only its hash changed", async () => {
    const { project, put, start } = await watching();
    await put(A2, { ...emptyRecord('A2', 'blocked'), attempts: 2 });
    const end = await start();
    await put(A2, { ...emptyRecord('A2', 'blocked'), attempts: 2, of: 'f'.repeat(64) });
    expect(await end()).toEqual(NOTHING);
    await put(A2, { ...emptyRecord('A2', 'waiting') });
    expect(await end()).toEqual({
      refused: [],
      noticed: [expect.stringContaining('the record of A2 was changed and no run had that task')],
      meanwhile: [],
    });
    const about = { run: '01RUN2', role: 'developer', task: 'A2', branch: 'ai/developer/A2-x' };
    await openRunFolder(project.system, project.repository, about);
    expect(await end()).toEqual(NOTHING);
  });

  test('the pause is said', async () => {
    const { repo, start } = await watching();
    const end = await start();
    repo.git('update-ref', 'refs/rota/pause', 'main');
    expect((await end()).noticed).toEqual([`${WHILE}the pause was added (rota status)`]);
  });
});

describe("other people's branches", () => {
  test('an idle branch of another task: moved on is said, taken back or deleted is kept and said', async () => {
    const { repo, start } = await watching();
    const theirs = 'ai/developer/A2-other';
    const tip = repo.git('commit-tree', '-p', 'main', '-m', 'work', 'main^{tree}');
    repo.git('branch', theirs, tip);
    const end = await start();
    const on = repo.git('commit-tree', '-p', tip, '-m', 'more', 'main^{tree}');
    repo.git('update-ref', `refs/heads/${theirs}`, on);
    expect((await end()).noticed).toEqual([expect.stringContaining(`the branch ${theirs} was moved from`)]);
    repo.git('update-ref', `refs/heads/${theirs}`, 'main');
    expect((await end()).noticed).toEqual([expect.stringContaining('kept as refs/rota/rescue/A2/')]);
    expect(repo.git('for-each-ref', '--format=%(objectname)', 'refs/rota/rescue/A2')).toBe(tip);
    repo.git('branch', '-D', theirs);
    expect((await end()).noticed[0]).toContain('was deleted');
  });

  test("a person's branch: rebased where it is checked out is nothing, deleted is kept", async () => {
    const { repo, start } = await watching();
    repo.git('checkout', '-q', '-b', 'topic');
    repo.commit('feat: topic', { 'src/b.txt': 'topic\n' });
    const end = await start();
    repo.git('commit', '-q', '--amend', '-m', 'feat: topic, again');
    expect(await end()).toEqual(NOTHING);
    repo.git('checkout', '-q', 'main');
    repo.git('branch', '-qD', 'topic');
    expect((await end()).noticed).toEqual([expect.stringContaining('the branch topic was deleted')]);
  });

  test('a rescue that is deleted comes back', async () => {
    const { repo, project, start } = await watching();
    const ref = `refs/rota/rescue/A2/${new Date().toISOString().slice(0, 10).replaceAll('-', '')}T101112Z`;
    const old = 'refs/rota/rescue/A2/20010101T101112Z';
    for (const one of [ref, old])
      await moveRef(project, one, { from: null, to: repo.git('rev-parse', 'main'), why: 'x' });
    const end = await start();
    repo.git('update-ref', '-d', ref);
    repo.git('update-ref', '-d', old);
    expect((await end()).noticed).toEqual([`${WHILE}${ref} was removed; it is back`]);
    expect(repo.git('for-each-ref', '--format=%(refname)', 'refs/rota/rescue')).toBe(ref);
  });
});
