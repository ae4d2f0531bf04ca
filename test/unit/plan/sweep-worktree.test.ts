import { expect, it } from 'vitest';
import { type IgnoredFile, mayRemoveWorktree, type WorktreeFacts } from '../../../src/plan/sweep-worktree.ts';

const MIB = 1024 * 1024;
const ignored = (path: string, size = 1, provisioned = false): IgnoredFile => ({ path, size, provisioned });
const twentyOne = Array.from({ length: 21 }, (_, n) => ignored(`${n}.log`, MIB));

it.each<[string, Partial<WorktreeFacts>, string, string[] | null]>([
  ['landed', {}, 'remove', null],
  ['pushed', { head: 'pushed' }, 'remove', null],
  ['at its base', { head: 'base' }, 'remove', null],
  ['only here', { head: 'only-here' }, 'keep', null],
  ['never checked out completely', { head: 'unmade' }, 'remove', null],
  ['the same, and somebody saved a file there', { head: 'unmade', untracked: ['b'] }, 'keep', null],
  ['only here, discarded: the branch stays', { head: 'only-here', discard: true }, 'remove', null],
  ["a person's", { ours: false }, 'keep', null],
  ["a person's, discarded", { ours: false, discard: true }, 'keep', null],
  ['running', { run: 'running' }, 'keep', null],
  ['running, discarded', { run: 'running', discard: true }, 'keep', null],
  ['nobody knows', { run: 'unknown', discard: true }, 'keep', null],
  ['live lock', { lock: 'live', discard: true }, 'keep', null],
  ['unknown lock', { lock: 'unknown', discard: true }, 'keep', null],
  ['dead lock', { lock: 'dead' }, 'remove', null],
  ['a git error', { gitError: 'bad index', discard: true }, 'keep', null],
  ['uncommitted', { uncommitted: ['a'] }, 'keep', null],
  ['untracked', { untracked: ['b'] }, 'keep', null],
  [
    'uncommitted and untracked, discarded',
    { uncommitted: ['a'], untracked: ['b'], discard: true },
    'rescue',
    ['a', 'b'],
  ],
  ['small ignored files', { ignored: [ignored('.env')] }, 'rescue', ['.env']],
  ['provisioned', { ignored: [ignored('node_modules/x', 30 * MIB, true)] }, 'remove', null],
  ['disposable', { ignored: [ignored('dist/x', 30 * MIB), ignored('pkg/dist/.x/y')] }, 'remove', null],
  [
    'disposable from the root only',
    { disposable: ['a/out'], ignored: [ignored('b/a/out/x')] },
    'rescue',
    ['b/a/out/x'],
  ],
  ['disposable from the root', { disposable: ['a/out/'], ignored: [ignored('a/out/x')] }, 'remove', null],
  ['almost disposable', { ignored: [ignored('distant')] }, 'rescue', ['distant']],
  ['exactly 1 MiB', { ignored: [ignored('a.db', MIB)] }, 'rescue', ['a.db']],
  ['over 1 MiB', { ignored: [ignored('a.db', MIB + 1)] }, 'keep', null],
  ['exactly 20 MiB', { ignored: twentyOne.slice(1) }, 'rescue', twentyOne.slice(1).map(({ path }) => path)],
  ['over 20 MiB', { ignored: twentyOne }, 'keep', null],
  [
    'over 1 MiB, discarded',
    { ignored: [ignored('a.db', MIB + 1), ignored('b')], discard: true },
    'rescue',
    ['b'],
  ],
  [
    'over 20 MiB, discarded',
    { ignored: twentyOne, discard: true },
    'rescue',
    twentyOne.slice(0, 20).map(({ path }) => path),
  ],
])('%s', (_name, over, action, paths) => {
  const decision = mayRemoveWorktree({
    task: 'A1',
    ours: true,
    run: 'over',
    lock: 'none',
    gitError: null,
    uncommitted: [],
    untracked: [],
    head: 'landed',
    ignored: [],
    disposable: ['dist', 'build'],
    discard: false,
    ...over,
  });
  expect(decision.action).toBe(action);
  expect(decision.reason).not.toBe('');
  if (decision.action === 'rescue') expect(decision.paths).toEqual(paths);
});
