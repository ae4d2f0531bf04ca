import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { RotaError } from '../../../src/errors.ts';
import { makeWorktree } from '../../../src/run/worktree/make-worktree.ts';
import { removeWorktree, type WorktreeRemoval } from '../../../src/run/worktree/remove-worktree.ts';
import type { Worktree } from '../../../src/run/worktree/worktree.ts';
import { BRANCH, openTestProject, projectOf, type TestProject } from './open-test-project.ts';

async function start() {
  const at = await openTestProject();
  const made = await at.make();
  return { ...at, made, remove: remover(at, made) };
}

function remover({ project, repo }: TestProject, made: Worktree) {
  return (more: Partial<WorktreeRemoval> = {}) =>
    removeWorktree(project, {
      task: 'A1',
      worktree: made,
      provisionedFile: join(repo.root, '.git/provisioned'),
      disposable: ['dist'],
      landed: null,
      ...more,
    });
}

function work({ gitIn }: TestProject, made: Worktree): void {
  writeFileSync(join(made.path, 'src/a.txt'), 'work\n');
  gitIn(made.path, 'commit', '-qam', 'feat: work');
}

test('nothing committed: folder, entry, branch and empty folders go', async () => {
  const { repo, made, remove } = await start();
  expect(await remove()).toMatchObject({ removed: true, rescued: null });
  expect(existsSync(made.path)).toBe(false);
  expect(readdirSync(join(repo.root, '.worktrees'))).toEqual([]);
  expect(repo.git('worktree', 'list').split('\n')).toHaveLength(1);
  expect(existsSync(join(repo.root, '.git/worktrees'))).toBe(false);
  expect(repo.git('branch', '--list', 'ai/*')).toBe('');
});

test('landed: all of it goes', async () => {
  const at = await start();
  work(at, at.made);
  at.repo.git('merge', '-q', '--no-ff', '-m', 'land', BRANCH);
  expect(await at.remove({ landed: at.main() })).toMatchObject({ removed: true });
  expect(at.repo.git('branch', '--list', 'ai/*')).toBe('');
});

test('commits only here keep it, unlocked; --discard removes the folder and keeps the branch', async () => {
  const at = await start();
  work(at, at.made);
  expect(await at.remove()).toMatchObject({
    removed: false,
    reason: expect.stringContaining('neither landed nor pushed'),
  });
  expect(at.repo.git('worktree', 'list', '--porcelain')).not.toContain('locked');
  expect(existsSync(at.made.path)).toBe(true);
  expect(await at.remove({ discard: true })).toMatchObject({ removed: true, rescued: null });
  expect(at.repo.git('show', `${BRANCH}:src/a.txt`)).toBe('work');
});

test('a checkout in which its git was killed goes, with the lock file; the commits stay on their branch', async () => {
  const at = await start();
  work(at, at.made);
  await at.remove({ discard: true });
  const { project, repo } = at;
  const lock = join(at.made.adminDir, 'index.lock');
  const run: typeof project.system.git.run = async (place, args, options) => {
    if (!args.includes('-u')) return project.system.git.run(place, args, options);
    writeFileSync(lock, '');
    throw new RotaError('git', 'git read-tree failed with exit -1');
  };
  const broken = { ...project, system: { ...project.system, git: { ...project.system.git, run } } };
  const { path } = at.made;
  const wish = { run: 'RUN2', branch: BRANCH, path, tip: at.main(), reason: 'rota: test' };
  await expect(makeWorktree(broken, wish)).rejects.toMatchObject({ code: 'git' });
  expect(existsSync(lock)).toBe(true);

  writeFileSync(join(path, 'saved.txt'), 'by a person\n');
  expect(await at.remove()).toMatchObject({ removed: false, reason: expect.stringContaining('saved.txt') });
  rmSync(join(path, 'saved.txt'));
  const head = join(at.made.adminDir, 'HEAD');
  writeFileSync(head, `${repo.git('commit-tree', '-p', BRANCH, '-m', 'feat: more', `${BRANCH}^{tree}`)}\n`);
  expect(await at.remove()).toMatchObject({ reason: expect.stringContaining('neither landed nor pushed') });
  writeFileSync(head, `ref: refs/heads/${BRANCH}\n`);
  expect(await at.remove()).toMatchObject({
    removed: true,
    reason: expect.stringContaining('its checkout was never finished'),
  });
  expect([existsSync(path), existsSync(at.made.adminDir)]).toEqual([false, false]);
  expect(repo.git('show', `${BRANCH}:src/a.txt`)).toBe('work');
});

test('pushed: the folder goes, the branch stays', async () => {
  const { repo } = await openTestProject();
  const bare = repo.sandbox.bare('origin.git');
  repo.git('remote', 'add', 'origin', bare.root);
  repo.git('push', '-q', 'origin', 'main');
  const at = await projectOf(repo);
  await at.project.refs.read();
  const made = await at.make();
  work(at, made);
  expect(await remover(at, made)()).toMatchObject({ removed: false });
  repo.git('push', '-q', 'origin', BRANCH);
  expect(await remover(at, made)()).toMatchObject({ removed: true });
  expect(repo.git('branch', '--list', 'ai/*')).toContain(BRANCH);
});

test.each([
  ['changed', (path: string) => writeFileSync(join(path, 'src/a.txt'), 'x\n'), 'src/a.txt'],
  ['deleted', (path: string) => rmSync(join(path, 'src/a.txt')), 'src/a.txt'],
  ['untracked', (path: string) => writeFileSync(join(path, 'new.txt'), 'x\n'), 'new.txt'],
])('a %s file keeps it; --discard rescues it first', async (_, change, name) => {
  const { repo, made, remove } = await start();
  change(made.path);
  expect(await remove()).toMatchObject({
    removed: false,
    reason: expect.stringContaining(`not committed: ${name}`),
  });
  const done = await remove({ discard: true });
  expect(done).toMatchObject({
    removed: true,
    rescued: expect.stringMatching(/^refs\/rota\/rescue\/A1\/\d{8}T\d{6}Z$/),
  });
  expect(repo.git('diff', '--name-only', 'main', done.rescued!)).toBe(name);
});

test('what is only staged keeps it and is rescued', async () => {
  const { repo, made, remove, gitIn } = await start();
  writeFileSync(join(made.path, 'src/a.txt'), 'staged\n');
  gitIn(made.path, 'add', '-A');
  writeFileSync(join(made.path, 'src/a.txt'), 'a\n');
  expect(await remove()).toMatchObject({ removed: false, reason: expect.stringContaining('src/a.txt') });
  const done = await remove({ discard: true });
  expect(repo.git('show', `${done.rescued}^2:src/a.txt`)).toBe('staged');
});

test('small ignored files are rescued, large ones keep it until --discard', async () => {
  const { repo, made, remove } = await start();
  writeFileSync(join(made.path, 'small.log'), 'log\n');
  mkdirSync(join(made.path, 'cache/deep'), { recursive: true });
  writeFileSync(join(made.path, 'cache/deep/big'), Buffer.alloc(1024 * 1024 + 1));
  expect(await remove()).toMatchObject({
    removed: false,
    rescued: null,
    reason: expect.stringContaining('cache/deep/big'),
  });
  const done = await remove({ discard: true });
  expect(done.removed).toBe(true);
  expect(repo.git('diff', '--name-only', 'main', done.rescued!)).toBe('small.log');
});

test('provisioned and disposable ignored files go without a rescue', async () => {
  const { repo, made, remove } = await start();
  mkdirSync(join(made.path, 'dist'));
  writeFileSync(join(made.path, 'dist/out.js'), Buffer.alloc(2 * 1024 * 1024));
  mkdirSync(join(made.path, 'cache/lib'), { recursive: true });
  writeFileSync(join(made.path, 'cache/lib/x'), Buffer.alloc(2 * 1024 * 1024));
  writeFileSync(join(made.path, 'setup.log'), 'x\n');
  repo.write('.git/provisioned', '"cache/lib/"\n"setup.log"\n"cut off');
  expect(await remove()).toMatchObject({ removed: true, rescued: null });
});

test('a repository inside keeps it, even with --discard', async () => {
  const { made, remove, gitIn } = await start();
  mkdirSync(join(made.path, 'cache/inner'), { recursive: true });
  gitIn(join(made.path, 'cache/inner'), 'init', '-q');
  expect(await remove({ discard: true })).toMatchObject({
    removed: false,
    reason: expect.stringContaining('a repository of its own'),
  });
});

test.each([
  [{ runState: 'running' as const }, 'its run is going on'],
  [{ lock: 'live' as const }, 'its lock is live'],
  [{ lock: 'unknown' as const }, 'cannot be shown to be dead'],
])('in use (%o): kept and still locked, even with --discard', async (more, reason) => {
  const { repo, remove } = await start();
  expect(await remove({ ...more, discard: true })).toMatchObject({
    removed: false,
    reason: expect.stringContaining(reason),
  });
  expect(repo.git('worktree', 'list', '--porcelain')).toContain('locked');
});

test('taken over by another run, or not one of ours: kept', async () => {
  const { repo, made, remove } = await start();
  expect(await remove({ run: 'RUN9' })).toMatchObject({
    removed: false,
    reason: "not one of rota's worktrees",
  });
  const theirs = join(repo.sandbox.folder, 'theirs');
  repo.git('worktree', 'add', '-q', '-b', 'theirs', theirs);
  const worktree = {
    path: theirs,
    adminDir: join(repo.root, '.git/worktrees/theirs'),
    branch: 'theirs',
    base: null,
  };
  expect(await remove({ worktree, discard: true })).toMatchObject({
    removed: false,
    reason: "not one of rota's worktrees",
  });
  expect(existsSync(made.path)).toBe(true);
});

test('a git error means keep', async () => {
  const { made, remove } = await start();
  writeFileSync(join(made.adminDir, 'HEAD'), 'nonsense\n');
  expect(await remove({ discard: true })).toMatchObject({
    removed: false,
    reason: expect.stringContaining('git could not say'),
  });
});

test('a folder that a person deleted: only the entry goes; commits of a detached HEAD are kept', async () => {
  const at = await start();
  at.gitIn(at.made.path, 'checkout', '-q', '--detach');
  work(at, at.made);
  const lost = at.gitIn(at.made.path, 'rev-parse', 'HEAD');
  rmSync(at.made.path, { recursive: true });
  const done = await at.remove();
  expect(done).toMatchObject({ removed: true });
  expect(at.repo.git('rev-parse', done.rescued!)).toBe(lost);
  expect(at.repo.git('worktree', 'list').split('\n')).toHaveLength(1);
});

test('something saved while it is removed brings it back', async () => {
  const at = await start();
  const { files } = at.project.system;
  const system = {
    ...at.project.system,
    files: {
      ...files,
      rename: async (from: string, to: string) => {
        if (from === at.made.path) writeFileSync(join(from, 'late.txt'), 'saved late\n');
        await files.rename(from, to);
      },
    },
  };
  const done = await remover({ ...at, project: { ...at.project, system } }, at.made)();
  expect(done).toMatchObject({ removed: false, reason: expect.stringContaining('saved in it while') });
  expect(existsSync(join(at.made.path, 'late.txt'))).toBe(true);
});

test('a file that is saved again after it was rescued brings it back', async () => {
  const at = await start();
  const { files } = at.project.system;
  const log = join(at.made.path, 'small.log');
  writeFileSync(log, 'first\n');
  const system = {
    ...at.project.system,
    files: {
      ...files,
      rename: async (from: string, to: string) => {
        if (from === at.made.path) writeFileSync(log, 'newer\n');
        await files.rename(from, to);
      },
    },
  };
  const done = await remover({ ...at, project: { ...at.project, system } }, at.made)();
  expect(done).toMatchObject({ removed: false, reason: expect.stringContaining('saved in it while') });
  expect(readFileSync(log, 'utf8')).toBe('newer\n');
});

test('a dry run changes nothing', async () => {
  const { made, remove } = await start();
  expect(await remove({ dryRun: true })).toMatchObject({ removed: true });
  expect(existsSync(made.path)).toBe(true);
});
