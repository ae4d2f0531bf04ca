import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync, unlinkSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { TestRepo } from '../../support/repo.ts';
import { everyChange, nextCommit, scene } from './scene.ts';

/** [what a person has done, how, what the reason says] */
const SITUATIONS: [string, (repo: TestRepo) => void, RegExp][] = [
  ['a dirty file', (repo) => repo.write('a.txt', 'mine\n'), /a\.txt has changes that are not committed/],
  [
    'a staged file',
    (repo) => {
      repo.write('a.txt', 'mine\n');
      repo.git('add', 'a.txt');
    },
    /a\.txt has staged changes/,
  ],
  [
    'a staged file whose bytes were put back',
    (repo) => {
      repo.write('a.txt', 'mine\n');
      repo.git('add', 'a.txt');
      repo.write('a.txt', 'one\n');
    },
    /a\.txt has staged changes/,
  ],
  [
    'an untracked file',
    (repo) => repo.write('new/folder/n.txt', 'mine\n'),
    /new\/folder\/n\.txt is an untracked or ignored file/,
  ],
  [
    'an ignored file',
    (repo) => {
      repo.write('.git/info/exclude', 'new\n');
      repo.write('new/folder/n.txt', 'mine\n');
    },
    /new\/folder\/n\.txt is an untracked or ignored file/,
  ],
  ['a file where a folder comes', (repo) => repo.write('new', 'mine\n'), /new is no folder/],
  [
    'a staged and removed file where a folder comes',
    (repo) => {
      repo.write('new', 'mine\n');
      repo.git('add', 'new');
      unlinkSync(join(repo.root, 'new'));
    },
    /new is staged where main has a folder/,
  ],
  [
    'something ignored in a folder that becomes a file',
    (repo) => {
      repo.write('.git/info/exclude', '*.o\n');
      repo.write('tree/x.o', 'mine\n');
    },
    /tree\/x\.o is in the folder tree/,
  ],
  ['a deleted file', (repo) => unlinkSync(join(repo.root, 'a.txt')), /a\.txt was deleted/],
  ['a staged deletion', (repo) => repo.git('rm', '-q', '--cached', 'a.txt'), /a\.txt has staged changes/],
  [
    'an intent to add',
    (repo) => {
      repo.write('link', 'l\n');
      repo.git('add', '-N', 'link');
    },
    /link is staged/,
  ],
  ['a changed mode', (repo) => repo.write('a.txt', '#!one\n'), /a\.txt has changes/],
  [
    'a link where a folder was',
    (repo) => {
      repo.git('mv', 'dir', 'moved');
      symlinkSync('moved', join(repo.root, 'dir'));
    },
    /dir is no folder/,
  ],
  ['assume-unchanged', (repo) => repo.git('update-index', '--assume-unchanged', 'a.txt'), /a\.txt is marked/],
  ['skip-worktree', (repo) => repo.git('update-index', '--skip-worktree', 'a.txt'), /a\.txt is marked/],
  ['a sparse checkout', (repo) => repo.git('sparse-checkout', 'set', '--no-cone', '/*'), /sparse checkout/],
  [
    'line end conversion',
    (repo) => repo.git('config', 'core.autocrlf', 'true'),
    /a\.txt is written with CRLF/,
  ],
  [
    'a filter',
    (repo) => repo.write('.git/info/attributes', 'a.txt filter=lfs\n'),
    /a\.txt goes through the filter lfs/,
  ],
  ['ident', (repo) => repo.write('.gitattributes', 'a.txt ident\n'), /a\.txt has the ident attribute/],
  [
    'an encoding',
    (repo) => repo.write('.gitattributes', 'a.txt working-tree-encoding=UTF-16\n'),
    /encoding UTF-16/,
  ],
  [
    'an index lock',
    (repo) => repo.write('.git/index.lock', ''),
    /The index of a checkout is locked \(.*index\.lock\)/,
  ],
  [
    'an open commit message',
    (repo) => repo.write('.git/COMMIT_EDITMSG', 'wip'),
    /commit message seems to be open/,
  ],
  ['a merge', (repo) => repo.git('merge', '-q', '--no-commit', '--no-ff', 'side'), /a merge is in progress/],
  ['a cherry-pick', (repo) => conflict(repo, 'cherry-pick', 'clash'), /a cherry-pick is in progress/],
  ['a revert', (repo) => conflict(repo, 'revert', 'clash'), /a revert is in progress/],
  ['a conflict after a stash pop', stashConflict, /git cannot bring the index along/],
  ['a bisect', (repo) => repo.git('bisect', 'start'), /a bisect is in progress/],
  [
    'a bisect that has moved away',
    (repo) => {
      repo.git('bisect', 'start');
      repo.git('checkout', '-q', '--detach');
    },
    /a bisect is in progress/,
  ],
  ['a rebase of main', (repo) => conflict(repo, 'rebase', 'clash'), /a rebase is in progress/],
  [
    'a rebase with --apply',
    (repo) => conflict(repo, 'rebase', '--apply', 'clash'),
    /a rebase or am is in progress/,
  ],
];

/** These need branches that clash. */
const WITH_BRANCHES = /^a (merge|cherry-pick|revert|rebase|conflict)/;

test.each(SITUATIONS)('%s is in the way, and nothing changes', async (name, prepare, reason) => {
  const { repo, move, system, repository, ...made } = await scene();
  let { old, next } = made;
  if (WITH_BRANCHES.test(name)) {
    sideBranches(repo);
    old = repo.git('rev-parse', 'main');
    next = nextCommit(repo, everyChange);
  }
  prepare(repo);
  const before = repo.git('status', '--porcelain', '--ignored');
  const result = await move({ move: { old, new: next } });
  expect(result).toEqual({ kind: 'in-the-way', reason: expect.stringMatching(reason) });
  expect(repo.git('status', '--porcelain', '--ignored')).toBe(before);
  expect(repo.git('rev-parse', 'main')).toBe(old);
  expect(await system.files.list(join(repository.rotaDir, 'journal'))).toEqual([]);
  expect(await system.files.list(join(repository.gitDir, 'rota-aside'))).toEqual([]);
});

test('an old or finished commit message is not in the way', async () => {
  const { repo, move } = await scene();
  repo.write('.git/COMMIT_EDITMSG', 'wip');
  const hourAgo = Date.now() / 1000 - 3600;
  utimesSync(join(repo.root, '.git/COMMIT_EDITMSG'), hourAgo, hourAgo);
  expect(await move()).toMatchObject({ kind: 'moved' });
});

test('attributes that arrive with the change', async () => {
  const { move } = await scene({
    change: (side) => {
      side.write('.gitattributes', 'a.txt filter=lfs\n');
      side.write('a.txt', 'two\n');
      side.git('add', '-A');
    },
  });
  expect(await move()).toMatchObject({
    kind: 'in-the-way',
    reason: expect.stringMatching(/a\.txt goes through the filter lfs/),
  });
});

test('text=auto and eol=lf are no conversion', async () => {
  const { repo, move } = await scene({
    files: { '.gitattributes': '* text=auto\n*.sh eol=lf\n', 'a.txt': 'one\n', 'b.sh': 'b\n' },
    change: (side) => {
      side.write('a.txt', 'two\n');
      side.write('b.sh', 'bb\n');
    },
  });
  expect(await move()).toEqual({ kind: 'moved', named: [] });
  expect(repo.git('status', '--porcelain')).toBe('');
});

test('a submodule', async () => {
  const { move } = await scene({
    change: (side) =>
      side.git('update-index', '--add', '--cacheinfo', `160000,${side.git('rev-parse', 'HEAD')},sub`),
  });
  expect(await move()).toMatchObject({
    kind: 'in-the-way',
    reason: expect.stringMatching(/sub is a submodule/),
  });
});

test('an untracked empty folder where a file comes', async () => {
  const { repo, move } = await scene();
  mkdirSync(join(repo.root, 'link'));
  expect(await move()).toMatchObject({
    kind: 'in-the-way',
    reason: expect.stringMatching(/link is in the folder link/),
  });
});

function sideBranches(repo: TestRepo): void {
  repo.git('branch', 'side');
  repo.git('switch', '-q', 'side');
  repo.commit('side', { 'side.txt': 's\n' });
  repo.git('switch', '-q', '-c', 'clash', 'main');
  repo.commit('clash', { 'second.txt': 'clash\n' });
  repo.commit('clash again', { 'second.txt': 'clash again\n' });
  repo.git('switch', '-q', 'main');
  repo.commit('ours', { 'second.txt': 'ours\n' });
}

function conflict(repo: TestRepo, ...args: string[]): void {
  expect(() => repo.git(...args)).toThrow();
}

/** Two stages without any MERGE_HEAD, at a path that main does not change. */
function stashConflict(repo: TestRepo): void {
  repo.write('second.txt', 'stashed\n');
  repo.git('stash', '-q');
  const first = repo.git('rev-parse', 'HEAD:second.txt');
  const mine = repo.git('rev-parse', 'stash:second.txt');
  repo.git('update-index', '--force-remove', 'second.txt');
  const stages = `100644 ${first} 2\tsecond.txt\n100644 ${mine} 3\tsecond.txt\n`;
  execFileSync('git', ['update-index', '--index-info'], {
    cwd: repo.root,
    env: repo.sandbox.env,
    input: stages,
  });
}
