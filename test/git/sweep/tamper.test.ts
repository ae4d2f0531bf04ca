import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { emptyRecord } from '../../../src/plan/empty-record.ts';
import type { TaskRecord } from '../../../src/plan/record.ts';
import type { HeldLock } from '../../../src/run/claim/held-lock.ts';
import { lockOf } from '../../../src/run/claim/lock-of.ts';
import { openRunFolder, runsFolder } from '../../../src/run/project/run-folder.ts';
import { mendTampering, readTampering, watchTampering } from '../../../src/run/project/tamper.ts';
import { moveRef } from '../../../src/run/worktree/ancestry.ts';
import { openMerge } from '../../../src/run/worktree/open-merge.ts';
import { taskRef } from '../../../src/store/records/task-ref.ts';
import { taskKey } from '../../../src/task/id.ts';
import { BRANCH, openTestProject } from '../worktree/open-test-project.ts';

const A1 = taskKey('A1');
const A2 = taskKey('A2');
const MINE = '01RUN1';
const OTHER = '01RUN0';

/** A run in its worktree, watched from now on. */
async function watching() {
  const opened = await openTestProject();
  const { project, repo, make } = opened;
  const made = await make(MINE);
  await openRunFolder(project.system, project.repository, {
    ...{ run: MINE, role: 'developer', task: 'A1', branch: BRANCH },
  });
  const record: TaskRecord = {
    ...emptyRecord('A1'),
    lock: lockOf(project, { run: MINE, role: { name: 'developer' } }, BRANCH),
  };
  const put = async (key: typeof A1, value: TaskRecord): Promise<string> => {
    const from = (await project.refs.read()).tasks.get(key) ?? null;
    const to = await project.records.write(value, { previous: from });
    await project.refs.swap([{ ref: taskRef(key), from, to }]);
    return to;
  };
  const lock: HeldLock = { key: A1, run: MINE, record, token: await put(A1, record) };
  const watched = { run: MINE, key: A1, lock, worktree: made };
  const start = async () => {
    const watch = await watchTampering(project, watched);
    return async (tip = made.base) => {
      const mended = await mendTampering(project, watch);
      const { refused, noticed } = await readTampering(project, watch, watched, tip);
      return { refused: [...mended, ...refused], noticed };
    };
  };
  return { ...opened, made, record, lock, put, start, runs: runsFolder(project.repository), repo };
}

const NOTHING = { refused: [], noticed: [] };
const WHILE = 'while the agent worked, ';

describe('settings', () => {
  test('executable settings, hooks, attributes and replace refs that appear, change or go are named', async () => {
    const { repo, start } = await watching();
    repo.git('config', 'alias.st', 'status');
    repo.write('.git/hooks/pre-push', '#!/bin/sh\n');
    const end = await start();
    repo.git('config', 'user.name', 'Somebody');
    expect(await end()).toEqual(NOTHING);

    repo.git('config', 'filter.evil.clean', 'evil');
    repo.git('config', 'core.hooksPath', join(repo.sandbox.folder, 'hooks'));
    mkdirSync(join(repo.sandbox.folder, 'hooks'));
    writeFileSync(join(repo.sandbox.folder, 'hooks/post-checkout'), 'evil');
    repo.git('config', '--unset', 'alias.st');
    repo.write('.git/config.worktree', '[core]\n\tfsmonitor = evil\n');
    repo.write('.git/hooks/pre-push', '#!/bin/sh\nevil\n');
    repo.write('.git/info/attributes', '* filter=evil\n');
    repo.git('replace', 'main:src/a.txt', 'main:src/b.txt');
    const { refused } = await end();
    const blob = repo.git('--no-replace-objects', 'rev-parse', 'main:src/a.txt');
    expect(refused.map((line) => line.replace(`${WHILE}the repository's `, ''))).toEqual([
      'file info/attributes was added',
      'hook post-checkout was added',
      'hook pre-push was changed',
      'setting alias.st was removed',
      'setting core.fsmonitor was added',
      'setting core.hookspath was added',
      'setting filter.evil.clean was added',
      `replace ref refs/replace/${blob} was added`,
    ]);
  });

  test("a config that cannot be read any more is named, and rota's git calls go on", async () => {
    const { repo, start } = await watching();
    const end = await start();
    repo.write('.git/config.worktree', '[broken\n');
    expect((await end()).refused).toEqual([`${WHILE}the repository's setting core.unreadable was added`]);
  });

  test.each(['url', 'pushurl', 'uploadpack', 'receivepack', 'proxy'])(
    'where a remote that was there leads (%s) refuses; a new remote is said',
    async (key) => {
      const { repo, start } = await watching();
      repo.git('config', 'remote.origin.url', '/nowhere');
      const end = await start();
      repo.git('config', 'remote.fork.url', '/elsewhere');
      repo.git('config', 'remote.fork.fetch', '+refs/heads/*:refs/remotes/fork/*');
      expect(await end()).toEqual({
        refused: [],
        noticed: [`${WHILE}the repository's setting remote.fork.url was added`],
      });
      repo.git('config', `remote.origin.${key}`, 'evil');
      const what = key === 'url' ? 'changed' : 'added';
      expect((await end()).refused).toEqual([
        `${WHILE}the repository's setting remote.origin.${key} was ${what}`,
      ]);
    },
  );

  test("the person's own settings count, because calls to a remote follow them", async () => {
    const { repo, start } = await watching();
    const end = await start();
    repo.git('config', '--global', 'user.email', 'new@example.org');
    expect(await end()).toEqual(NOTHING);
    repo.git('config', '--global', 'core.sshCommand', 'evil');
    repo.git('config', '--global', 'url.evil.insteadOf', 'good');
    const file = join(repo.sandbox.folder, 'home/.gitconfig');
    expect((await end()).refused).toEqual([
      `${WHILE}the setting core.sshcommand of ${file} was added`,
      `${WHILE}the setting url.evil.insteadof of ${file} was added`,
    ]);
  });

  test('what rota init and other workers write there meanwhile is nothing', async () => {
    const { repo, start } = await watching();
    const end = await start();
    repo.git('config', 'merge.rota.name', 'task files key by key');
    repo.git('config', 'merge.rota.driver', 'rota merge-file %O %A %B %P');
    repo.write('.git/info/attributes', 'backlog/**/*.md merge=rota\n');
    repo.git('config', 'branch.topic.remote', 'origin');
    expect(await end()).toEqual(NOTHING);
    repo.git('config', 'merge.rota.driver', 'evil');
    repo.write('.git/info/exclude', 'src/\n');
    expect(await end()).toEqual({
      refused: [`${WHILE}the repository's setting merge.rota.driver was added`],
      noticed: [`${WHILE}the repository's file info/exclude was changed`],
    });
  });
});

describe('main', () => {
  test("a person's commit, amend and reset at home and a merge of main into the branch are nothing", async () => {
    const { repo, project, made, start, gitIn } = await watching();
    writeFileSync(join(made.path, 'src/a.txt'), 'work\n');
    gitIn(made.path, 'commit', '-qam', 'feat: work');
    const end = await start();
    const theirs = repo.commit('feat: theirs', { 'src/b.txt': 'theirs\n' });
    await openMerge(project, made, theirs);
    const tip = gitIn(made.path, 'rev-parse', 'HEAD');
    expect(await end(tip)).toEqual(NOTHING);
    repo.git('commit', '-q', '--amend', '-m', 'feat: theirs, in other words');
    expect(await end(tip)).toEqual(NOTHING);
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
    const commit = repo.git('commit-tree', '-p', old, '-m', 'chore: edit', 'main^{tree}');
    expect((await project.moveMain({ run: 'X', old, new: commit, refs: [] })).kind).toBe('moved');
    expect(await end()).toEqual(NOTHING);
    repo.git('checkout', '-q', '--detach');
    const next = repo.git('commit-tree', '-p', commit, '-m', 'chore: edit', 'main^{tree}');
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

describe('folders and small files', () => {
  test.each([
    ['.git file', (path: string) => join(path, '.git')],
    ['commondir', (_path: string, adminDir: string) => join(adminDir, 'commondir')],
    ['gitdir', (_path: string, adminDir: string) => join(adminDir, 'gitdir')],
    ["rota's mark", (_path: string, adminDir: string) => join(adminDir, 'rota-run')],
  ])("this run's %s: changed or a link, it is as it was again", async (_what, at) => {
    const { repo, made, start } = await watching();
    const file = at(made.path, made.adminDir);
    const was = readFileSync(file, 'utf8');
    const end = await start();
    writeFileSync(file, 'gitdir: /elsewhere\n');
    expect((await end()).refused).toEqual([`${WHILE}${file} was changed; it is as it was again`]);
    expect(readFileSync(file, 'utf8')).toBe(was);
    rmSync(file);
    symlinkSync(join(repo.root, 'rota.yaml'), file);
    const yaml = repo.read('rota.yaml');
    expect((await end()).refused).toHaveLength(1);
    expect(readFileSync(file, 'utf8')).toBe(was);
    expect(repo.read('rota.yaml')).toBe(yaml);
  });

  test("other people's worktrees: a pointer that leads elsewhere is put back, one that was moved is nothing", async () => {
    const { repo, start } = await watching();
    const theirs = join(repo.sandbox.folder, 'theirs');
    repo.git('worktree', 'add', '-q', theirs, '-b', 'topic');
    const end = await start();
    const pointer = join(repo.root, '.git/worktrees/theirs/gitdir');
    writeFileSync(join(repo.root, '.git/worktrees/theirs/commondir'), '/elsewhere\n');
    expect((await end()).refused).toHaveLength(1);
    expect(repo.git('-C', theirs, 'rev-parse', '--abbrev-ref', 'HEAD')).toBe('topic');
    repo.git('worktree', 'move', theirs, `${theirs}2`);
    expect(await end()).toEqual(NOTHING);
    expect(readFileSync(pointer, 'utf8').trim()).toBe(join(`${theirs}2`, '.git'));
    repo.git('worktree', 'remove', `${theirs}2`);
    expect(await end()).toEqual(NOTHING);
  });

  test('what an ended run noted about a worktree that is still there', async () => {
    const { project, make, start, runs, made, repo } = await watching();
    const branch = 'ai/developer/A2-other';
    repo.git('branch', branch);
    const folder = await openRunFolder(project.system, project.repository, {
      ...{ run: OTHER, role: 'developer', task: 'A2', branch },
    });
    writeFileSync(folder.provisionedFile, '"cache/"\n');
    repo.git('worktree', 'add', '-q', join(project.worktrees, branch), branch);
    writeFileSync(join(repo.root, '.git/worktrees/A2-other/rota-run'), `${OTHER} ready\n`);
    await folder.note({ outcome: 'partial', ended: new Date().toISOString() });
    const end = await start();
    writeFileSync(join(runs, OTHER, 'provisioned.jsonl'), '"cache/"\n"secret.txt"\n');
    expect((await end()).refused).toEqual([expect.stringContaining('provisioned.jsonl was changed')]);
    expect(readFileSync(folder.provisionedFile, 'utf8')).toBe('"cache/"\n');
    expect([typeof make, made.branch]).toEqual(['function', BRANCH]);
  });

  test("a link in the place of one of rota's folders: what was moved behind it comes back, nothing else is touched", async () => {
    const { repo, project, start, runs, made } = await watching();
    const end = await start();
    const away = join(repo.sandbox.folder, 'away');
    renameSync(project.repository.rotaDir, away);
    symlinkSync(away, project.repository.rotaDir);
    expect((await end()).refused).toEqual([
      `${WHILE}${project.repository.rotaDir} was replaced by a symbolic link; it is back in its place`,
    ]);
    expect(existsSync(join(runs, MINE, 'run.json'))).toBe(true);

    const outside = join(repo.sandbox.folder, 'outside');
    mkdirSync(outside);
    writeFileSync(join(outside, 'canary'), 'alive');
    rmSync(join(runs, MINE), { recursive: true });
    symlinkSync(outside, join(runs, MINE));
    renameSync(join(project.worktrees, 'ai'), join(repo.sandbox.folder, 'ai'));
    symlinkSync(outside, join(project.worktrees, 'ai'));
    expect((await end()).refused).toHaveLength(2);
    expect(readdirSync(outside)).toEqual(['canary']);
    expect(readdirSync(join(runs, MINE))).toEqual([]);
    expect(existsSync(made.path)).toBe(false);
  });

  test("rota's folder deleted: the run can go on noting", async () => {
    const { project, start, runs } = await watching();
    const end = await start();
    rmSync(project.repository.rotaDir, { recursive: true });
    expect((await end()).refused).toHaveLength(3);
    expect(existsSync(join(runs, MINE))).toBe(true);
  });
});
