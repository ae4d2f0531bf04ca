import { existsSync, lstatSync, readdirSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { listCheckouts } from '../../../src/store/home/checkouts.ts';
import { moveMainLocally } from '../../../src/store/home/move-main-locally.ts';
import { openRepository } from '../../../src/store/repository.ts';
import { nextCommit, scene } from './scene.ts';

test('brings every kind of change into the home checkout and leaves it clean', async () => {
  const { repo, move, next } = await scene();
  expect(await move()).toEqual({ kind: 'moved', named: [] });
  expect(repo.git('rev-parse', 'main')).toBe(next);
  expect(repo.git('status', '--porcelain')).toBe('');
  // The stat data in the index is right, too: a plumbing diff finds nothing.
  expect(repo.git('diff-files', '--name-only')).toBe('');
  expect(repo.read('a.txt')).toBe('two\n');
  expect(repo.read('swap/inner.txt')).toBe('in\n');
  expect(repo.read('tree')).toBe('now a file\n');
  expect(existsSync(join(repo.root, 'dir'))).toBe(false);
  expect(lstatSync(join(repo.root, 'run.sh')).mode & 0o111).not.toBe(0);
  expect(readlinkSync(join(repo.root, 'link'))).toBe('a.txt');
  expect(existsSync(join(repo.root, '.git/index.lock'))).toBe(false);
  expect(readdirSync(join(repo.root, '.git/rota/journal'))).toEqual([]);
});

test('goes back again: the reverse of every change', async () => {
  const { repo, move, old, next } = await scene();
  await move();
  expect(await move({ move: { old: next, new: old } })).toMatchObject({ kind: 'moved' });
  expect(repo.git('status', '--porcelain')).toBe('');
  expect(repo.read('swap')).toBe('a file\n');
  expect(repo.read('tree/x.txt')).toBe('x\n');
  expect(existsSync(join(repo.root, 'link'))).toBe(false);
  expect(existsSync(join(repo.root, 'new'))).toBe(false);
});

test('keeps staged, dirty, intent-to-add, untracked and hidden work at other paths', async () => {
  const { repo, move } = await scene();
  repo.write('b.txt', 'staged\n');
  repo.git('add', 'b.txt');
  repo.write('b.txt', 'dirty on top\n');
  repo.write('other.txt', 'dirty\n');
  repo.write('later.txt', 'later\n');
  repo.git('add', '-N', 'later.txt');
  repo.write('untracked.txt', 'mine\n');
  repo.git('update-index', '--assume-unchanged', 'second.txt');
  const status = repo.git('status', '--porcelain');
  expect(await move()).toEqual({ kind: 'moved', named: [] });
  expect(repo.git('status', '--porcelain')).toBe(status);
  expect(repo.git('show', ':b.txt')).toBe('staged');
  expect(repo.read('b.txt')).toBe('dirty on top\n');
  expect(repo.git('ls-files', '-v', 'second.txt')).toBe('h second.txt');
});

test('takes what a person already has as in new, untracked or edited, as done', async () => {
  const { repo, move } = await scene();
  repo.write('a.txt', 'two\n');
  repo.write('new/folder/n.txt', 'new\n');
  expect(await move()).toEqual({ kind: 'moved', named: [] });
  expect(repo.git('status', '--porcelain')).toBe('');
});

test('a split index stays usable', async () => {
  const { repo, move } = await scene();
  repo.git('update-index', '--split-index');
  repo.write('b.txt', 'staged\n');
  repo.git('add', 'b.txt');
  expect(await move()).toEqual({ kind: 'moved', named: [] });
  expect(repo.git('status', '--porcelain')).toBe('M  b.txt');
  repo.git('commit', '-qm', 'go on');
  expect(repo.git('fsck', '--no-dangling')).toBe('');
});

test('changes other refs in the same transaction, and nothing when one is stale', async () => {
  const { repo, move, old, next } = await scene();
  repo.git('update-ref', 'refs/rota/tasks/A1', old);
  const stale = await move({ move: { refs: [{ ref: 'refs/rota/tasks/A1', from: next, to: null }] } });
  expect(stale).toEqual({ kind: 'stale', refs: ['refs/rota/tasks/A1'] });
  expect(repo.git('rev-parse', 'main')).toBe(old);
  expect(repo.git('status', '--porcelain')).toBe('');
  expect(repo.exists('.git/index.lock')).toBe(false);
  expect(repo.exists('.git/rota-aside/RUN1')).toBe(false);
  const done = await move({ move: { refs: [{ ref: 'refs/rota/tasks/A1', from: old, to: null }] } });
  expect(done).toEqual({ kind: 'moved', named: [] });
  expect(repo.git('for-each-ref', 'refs/rota')).toBe('');
});

test('main somewhere else than expected is stale', async () => {
  const { repo, move } = await scene();
  repo.commit('mine', { 'mine.txt': 'mine\n' });
  expect(await move()).toEqual({ kind: 'stale', refs: ['refs/heads/main'] });
});

test.each([
  ['another branch', ['switch', '-q', '-c', 'feature']],
  ['a detached HEAD', ['checkout', '-q', '--detach']],
])('with %s checked out only the ref moves', async (_name, args) => {
  const { repo, move, next, old } = await scene();
  repo.git(...args);
  repo.write('a.txt', 'dirty\n');
  expect(await move()).toEqual({ kind: 'moved', named: [] });
  expect(repo.git('rev-parse', 'main')).toBe(next);
  expect(repo.git('rev-parse', 'HEAD')).toBe(old);
  expect(repo.git('status', '--porcelain')).toBe(' M a.txt');
});

test('a bare repository: only the ref moves', async () => {
  const { sandbox, repo, next, old } = await scene();
  repo.git('branch', 'next', next);
  const bare = sandbox.bare('bare');
  bare.git('fetch', '-q', repo.root, 'main:main', 'next:next');
  const system = sandbox.system();
  const repository = await openRepository(system, bare.root);
  const move = moveMainLocally(system, repository, { branch: 'main', isOwn: () => false });
  expect(await move({ run: 'R', old, new: next, refs: [] })).toEqual({ kind: 'moved', named: [] });
  expect(bare.git('rev-parse', 'main')).toBe(next);
});

test('main in a linked worktree of a person, another branch in the first checkout', async () => {
  const { repo, sandbox, move, next } = await scene();
  repo.git('switch', '-q', '-c', 'feature');
  const linked = join(sandbox.folder, 'linked');
  repo.git('worktree', 'add', '-q', linked, 'main');
  expect(await move()).toEqual({ kind: 'moved', named: [] });
  expect(repo.git('-C', linked, 'rev-parse', 'HEAD')).toBe(next);
  expect(repo.git('-C', linked, 'status', '--porcelain')).toBe('');
  expect(repo.git('status', '--porcelain')).toBe('');
});

test('main in one of rota’s own worktrees is not looked at, and a deleted folder is no checkout', async () => {
  const { repo, sandbox, move, next, system, repository } = await scene();
  repo.git('switch', '-q', '-c', 'feature');
  const own = join(sandbox.folder, 'own');
  repo.git('worktree', 'add', '-q', own, 'main');
  expect(await move({ isOwn: (path) => path === own })).toEqual({ kind: 'moved', named: [] });
  repo.git('worktree', 'add', '-q', '-f', join(sandbox.folder, 'gone'), 'main');
  await system.files.removeTree(join(sandbox.folder, 'gone'));
  const checkouts = await listCheckouts(system, repository);
  expect(checkouts.map((checkout) => [checkout.branch, checkout.missing, checkout.first])).toEqual(
    [
      ['refs/heads/feature', false, true],
      ['refs/heads/main', true, false],
      ['refs/heads/main', false, false],
    ].sort((a, b) => Number(b[2]) - Number(a[2])),
  );
  expect(repo.git('rev-parse', 'main')).toBe(next);
});

test('names and paths that need care', async () => {
  const files = {
    'with space.txt': '1\n',
    '*.txt': 'star\n',
    'ünï\tcode\n.txt': 'u\n',
    '-rf': 'r\n',
    '"q"': 'q\n',
  };
  const { repo, move } = await scene({
    files,
    change: (side) => {
      for (const name of Object.keys(files)) side.write(name, 'changed\n');
    },
  });
  expect(await move()).toEqual({ kind: 'moved', named: [] });
  expect(repo.git('status', '--porcelain')).toBe('');
  expect(repo.read('ünï\tcode\n.txt')).toBe('changed\n');
});

test('hundreds of paths', async () => {
  const files = Object.fromEntries(Array.from({ length: 450 }, (_, i) => [`f/${i % 9}/${i}.txt`, `${i}\n`]));
  const { repo, move } = await scene({
    files,
    change: (side) => {
      for (const name of Object.keys(files)) side.write(name, 'changed\n');
    },
  });
  expect(await move()).toEqual({ kind: 'moved', named: [] });
  expect(repo.git('status', '--porcelain')).toBe('');
});

test('moves twice in one run', async () => {
  const { repo, move, next } = await scene();
  await move();
  const third = nextCommit(repo, (side) => side.write('a.txt', 'three\n'));
  expect(await move({ move: { old: next, new: third } })).toEqual({ kind: 'moved', named: [] });
  expect(repo.read('a.txt')).toBe('three\n');
});
