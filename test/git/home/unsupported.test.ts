import { chmodSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { moveMainLocally } from '../../../src/store/home/move-main-locally.ts';
import { openRepository } from '../../../src/store/repository.ts';
import type { TestRepo } from '../../support/repo.ts';
import { hookedSystem, nextCommit, type Scene, scene } from './scene.ts';

/** [what the protocol does not support, how it comes to be, what the reason says: the path, and what to do] */
const WAITS: [string, (repo: TestRepo) => void, RegExp][] = [
  [
    'a sparse checkout',
    (repo) => repo.git('sparse-checkout', 'set', '--no-cone', '/*'),
    /sparse checkout.*\(git sparse-checkout disable\)/,
  ],
  [
    'a sparse index',
    (repo) => repo.git('sparse-checkout', 'set', '--cone', '--sparse-index', 'tree'),
    /sparse checkout.*\(git sparse-checkout disable\)/,
  ],
  [
    'skip-worktree',
    (repo) => repo.git('update-index', '--skip-worktree', 'a.txt'),
    /a\.txt is marked skip-worktree \(git update-index --no-skip-worktree/,
  ],
  [
    'assume-unchanged',
    (repo) => repo.git('update-index', '--assume-unchanged', 'a.txt'),
    /a\.txt is marked assume-unchanged \(git update-index --no-assume-unchanged/,
  ],
  ['a filter like LFS', filterLikeLfs, /a\.txt goes through the filter lfs, which rota does not run/],
  [
    'a filter on a path that goes',
    (repo) => repo.write('.git/info/attributes', 'swap filter=x\n'),
    /swap goes through the filter x/,
  ],
  [
    'a filter named by a file of the person’s',
    (repo) => {
      repo.git('config', 'core.attributesFile', join(repo.sandbox.folder, 'attributes'));
      repo.write('../attributes', '*.txt filter=mine\n');
    },
    /a\.txt goes through the filter mine/,
  ],
  [
    'eol=crlf',
    (repo) => repo.write('.git/info/attributes', 'a.txt eol=crlf\n'),
    /a\.txt is written with CRLF/,
  ],
  [
    'core.eol and text',
    (repo) => {
      repo.git('config', 'core.eol', 'crlf');
      repo.write('.git/info/attributes', 'a.txt text\n');
    },
    /a\.txt is written with CRLF/,
  ],
  [
    'settings of this worktree only',
    (repo) => {
      repo.git('config', 'extensions.worktreeConfig', 'true');
      repo.git('config', '--worktree', 'core.autocrlf', 'true');
    },
    /a\.txt is written with CRLF/,
  ],
  [
    'no symbolic links',
    (repo) => repo.git('config', 'core.symlinks', 'false'),
    /link is a symbolic link, and/,
  ],
  [
    'an intent to add where main gets a file',
    (repo) => {
      repo.write('new/folder/n.txt', 'mine\n');
      repo.git('add', '-N', 'new/folder/n.txt');
    },
    /new\/folder\/n\.txt is staged, and main gets one too/,
  ],
  [
    'a nested repository where main gets a file',
    (repo) => repo.git('init', '-q', 'new/folder'),
    /new\/folder is a repository of its own, and main has new\/folder\/n\.txt/,
  ],
  [
    'a submodule that is only staged where main gets a file',
    (repo) => {
      const lib = repo.sandbox.repo('lib');
      repo.git('submodule', '--quiet', 'add', lib.root, 'new/folder');
    },
    /new\/folder is a repository of its own, and main has new\/folder\/n\.txt/,
  ],
];

test.each(WAITS)('%s: the landing waits and says so', async (_name, prepare, reason) => {
  const made = await scene();
  prepare(made.repo);
  await waits(made, reason);
});

test('a submodule that main gets, changes or takes away', async () => {
  for (const kind of ['gets', 'changes', 'takes away']) {
    const { repo, move } = await scene();
    const link = (side: TestRepo, commit: string) =>
      side.git('update-index', '--add', '--cacheinfo', `160000,${commit},sub`);
    const first = repo.git('rev-parse', 'HEAD');
    if (kind !== 'gets') {
      link(repo, first);
      repo.git('commit', '-qm', 'chore: submodule');
    }
    const old = repo.git('rev-parse', 'HEAD');
    const next = nextCommit(repo, (side) => {
      if (kind === 'takes away') side.git('rm', '-q', '--cached', 'sub');
      else link(side, kind === 'gets' ? first : old);
    });
    expect(await move({ move: { old, new: next } })).toEqual({
      kind: 'in-the-way',
      reason: expect.stringMatching(/sub is a submodule.*switch that checkout to another branch/),
    });
  }
});

test('a submodule that a switch to main meets in the last moment: named, nothing touched', async () => {
  const { repo, system, move } = await scene({
    change: (side) => {
      side.git('update-index', '--add', '--cacheinfo', `160000,${side.git('rev-parse', 'HEAD')},sub`);
      side.write('a.txt', 'two\n');
      side.git('add', 'a.txt');
    },
  });
  repo.git('switch', '-q', '-c', 'feature');
  const isSwap = (port: string, _name: string, args: unknown[]) =>
    port === 'git' && (args[1] as string[]).includes('update-ref');
  const switched = hookedSystem(system, isSwap, () => void repo.git('switch', '-q', 'main'));
  expect(await move({ system: switched })).toEqual({
    kind: 'moved',
    named: [expect.stringMatching(/was switched to main while main moved.*sub is a submodule/)],
  });
  expect(repo.read('a.txt')).toBe('one\n');
  expect(repo.exists('.git/index.lock')).toBe(false);
});

test.each([
  ['another path', 'A.TXT', /a\.txt and A\.TXT differ in case only/],
  ['another folder', 'TREE/y.txt', /tree and TREE differ in case only/],
])('where case does not matter: a path that is one with %s', async (_name, path, reason) => {
  const made = await scene({
    change: (side) => {
      side.write(path, 'x\n');
      side.git('add', path);
    },
  });
  made.repo.git('config', 'core.ignoreCase', 'true');
  await waits(made, reason);
  made.repo.git('config', 'core.ignoreCase', 'false');
  expect(await made.move()).toEqual({ kind: 'moved', named: [] });
});

test('where case does not matter: other changes land', async () => {
  const { repo, move } = await scene();
  repo.git('config', 'core.ignoreCase', 'true');
  expect(await move()).toEqual({ kind: 'moved', named: [] });
  expect(repo.git('status', '--porcelain')).toBe('');
});

test('what another worktree’s own settings say does not count here', async () => {
  const { repo, move, sandbox } = await scene();
  repo.git('worktree', 'add', '-q', '-b', 'other', join(sandbox.folder, 'linked'));
  repo.git('config', 'extensions.worktreeConfig', 'true');
  repo.git('-C', join(sandbox.folder, 'linked'), 'config', '--worktree', 'core.autocrlf', 'true');
  expect(await move()).toEqual({ kind: 'moved', named: [] });
});

test('a checkout on another branch stands in the way of nothing: what the reason proposes works', async () => {
  const { repo, move, next } = await scene();
  filterLikeLfs(repo);
  expect((await move()).kind).toBe('in-the-way');
  repo.git('switch', '-q', '-c', 'other');
  expect(await move()).toEqual({ kind: 'moved', named: [] });
  expect(repo.git('rev-parse', 'main')).toBe(next);
});

/** Indexes that git writes differently: main moves, everything staged stays, and git goes on with the new index. */
const INDEXES: [string, (repo: TestRepo) => void][] = [
  ['version 4', (repo) => repo.git('update-index', '--index-version', '4')],
  ['version 2 for good', (repo) => repo.git('config', 'index.version', '2')],
  ['split', (repo) => repo.git('config', 'core.splitIndex', 'true')],
  ['with an untracked cache', (repo) => repo.git('update-index', '--force-untracked-cache')],
  ['with a file system monitor', (repo) => monitor(repo, 'token\\0/\\0')],
  ['without stat data', (repo) => repo.git('config', 'core.checkStat', 'minimal')],
  ['in many threads', (repo) => repo.git('config', 'index.threads', '4')],
  ['without executable bits', (repo) => repo.git('config', 'core.fileMode', 'false')],
];

test.each(INDEXES)('an index %s stays usable', async (_name, prepare) => {
  const { repo, move, next } = await scene();
  prepare(repo);
  repo.write('b.txt', 'staged\n');
  repo.git('add', 'b.txt');
  repo.write('other.txt', 'dirty\n');
  repo.write('mine.txt', 'untracked\n');
  const before = repo.git('status', '--porcelain', '-uall');
  expect(before).toBe('M  b.txt\n M other.txt\n?? mine.txt');
  expect(await move()).toEqual({ kind: 'moved', named: [] });
  expect(repo.git('rev-parse', 'main')).toBe(next);
  expect(repo.git('status', '--porcelain', '-uall')).toBe(before);
  repo.write('new/later.txt', 'later\n');
  rmSync(join(repo.root, 'swap/inner.txt'));
  expect(repo.git('status', '--porcelain', '-uall')).toBe(
    'M  b.txt\n M other.txt\n D swap/inner.txt\n?? mine.txt\n?? new/later.txt',
  );
  repo.git('commit', '-qm', 'go on');
  expect(repo.git('show', '--format=', '--name-only', 'HEAD')).toBe('b.txt');
  expect(repo.git('fsck', '--no-dangling')).toBe('');
});

test('a file system monitor that misses what rota writes: it is not asked, and what git took from it is dropped', async () => {
  const { repo, move } = await scene();
  monitor(repo, 'token\\0');
  repo.git('status');
  const asked = join(repo.root, '.git/asked');
  expect(readFileSync(asked, 'utf8')).not.toBe('');
  rmSync(asked);
  expect(await move()).toEqual({ kind: 'moved', named: [] });
  expect(repo.exists('.git/asked')).toBe(false);
  expect(repo.git('status', '--porcelain')).toBe('');
  repo.git('-c', 'core.fsmonitor=false', 'diff-files', '--exit-code');
});

test('a repository format that this git or rota cannot read is named', async () => {
  const { repo, system } = await scene();
  repo.git('config', 'core.repositoryFormatVersion', '1');
  repo.git('config', 'extensions.madeUp', 'reftable');
  await expect(openRepository(system, repo.root)).rejects.toMatchObject({
    code: 'repository',
    message: expect.stringMatching(/This git cannot read the repository.*madeup/),
  });
  repo.write('.git/config', repo.read('.git/config').replace(/\tmadeUp.*\n/i, ''));
  repo.write('.git/reftable/tables.list', '');
  await expect(openRepository(system, repo.root)).rejects.toMatchObject({
    code: 'repository',
    message: expect.stringMatching(/reftable format, which rota does not support/),
  });
});

test('main in a linked worktree with an index of version 4 and settings of its own', async () => {
  const { repo, system, repository, sandbox, old, next } = await scene();
  repo.git('switch', '-q', '-c', 'feature');
  const linked = join(sandbox.folder, 'linked');
  repo.git('worktree', 'add', '-q', linked, 'main');
  repo.git('config', 'extensions.worktreeConfig', 'true');
  repo.git('-C', linked, 'config', '--worktree', 'core.autocrlf', 'true');
  const move = moveMainLocally(system, repository, { branch: 'main', isOwn: () => false });
  expect(await move({ run: 'R', old, new: next, refs: [] })).toMatchObject({
    kind: 'in-the-way',
    reason: expect.stringMatching(/checkout .*linked: .*is written with CRLF/),
  });
  repo.git('-C', linked, 'config', '--worktree', 'core.autocrlf', 'false');
  repo.git('-C', linked, 'update-index', '--index-version', '4');
  expect(await move({ run: 'R', old, new: next, refs: [] })).toEqual({ kind: 'moved', named: [] });
  expect(repo.git('-C', linked, 'status', '--porcelain')).toBe('');
});

async function waits({ repo, move, old, repository, system }: Scene, reason: RegExp): Promise<void> {
  const before = repo.git('status', '--porcelain', '--ignored', '-uall');
  expect(await move()).toEqual({
    kind: 'in-the-way',
    reason: expect.stringMatching(
      new RegExp(`${reason.source}.*Settle that, or switch that checkout to another branch`),
    ),
  });
  expect(repo.git('rev-parse', 'main')).toBe(old);
  expect(repo.git('status', '--porcelain', '--ignored', '-uall')).toBe(before);
  expect(repo.exists('.git/index.lock')).toBe(false);
  expect(await system.files.list(join(repository.rotaDir, 'journal'))).toEqual([]);
}

/** A clean and a smudge that really change the bytes, as LFS does: the blob is not what is in the folder. */
function filterLikeLfs(repo: TestRepo): void {
  repo.git('config', 'filter.lfs.clean', 'tr a-z A-Z');
  repo.git('config', 'filter.lfs.smudge', 'tr A-Z a-z');
  repo.git('config', 'filter.lfs.required', 'true');
  repo.write('.git/info/attributes', 'a.txt filter=lfs -text\n');
}

/** A hook that notes that it was asked. `answer`: `/` is "everything may have changed", no path is "nothing has". */
function monitor(repo: TestRepo, answer: string): void {
  const hook = join(repo.root, '.git/monitor');
  repo.write('.git/monitor', `#!/bin/sh\necho asked >> "$(dirname "$0")/asked"\nprintf '${answer}'\n`);
  chmodSync(hook, 0o755);
  repo.git('config', 'core.fsmonitor', hook);
  repo.git('update-index', '--fsmonitor');
}
