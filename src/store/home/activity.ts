import { join } from 'node:path';
import type { Files } from '../../system/ports.ts';

/** What a person is in the middle of in a checkout. */
export interface Activity {
  /** `a rebase`, `a merge`…; null: nothing. */
  readonly name: string | null;
  /** The branches (full names) that it will come back to or move when it ends, though HEAD does not name them now. */
  readonly branches: readonly string[];
  readonly indexLocked: boolean;
}

const STATES: readonly (readonly [file: string, name: string])[] = [
  ['rebase-merge', 'a rebase'],
  ['rebase-apply', 'a rebase or am'],
  ['MERGE_HEAD', 'a merge'],
  ['CHERRY_PICK_HEAD', 'a cherry-pick'],
  ['REVERT_HEAD', 'a revert'],
  ['BISECT_START', 'a bisect'],
  ['BISECT_LOG', 'a bisect'],
  ['sequencer', 'a cherry-pick or revert'],
];

/** Reads a git dir's state files: one listing, and small reads only when something is going on. */
export async function readActivity(files: Files, gitDir: string): Promise<Activity> {
  const names = new Set((await files.list(gitDir)).map((entry) => entry.name));
  const name = STATES.find(([file]) => names.has(file))?.[1] ?? null;
  return {
    name,
    branches: name === null ? [] : await heldBranches(files, gitDir),
    indexLocked: names.has('index.lock'),
  };
}

async function heldBranches(files: Files, gitDir: string): Promise<string[]> {
  const text = async (...parts: string[]) =>
    (await files.readIfThere(join(gitDir, ...parts)))?.toString('utf8').trim() ?? '';
  const start = await text('BISECT_START');
  const candidates = [
    await text('rebase-merge', 'head-name'),
    await text('rebase-apply', 'head-name'),
    start === '' || start.startsWith('refs/') ? start : `refs/heads/${start}`,
    // Branches that `rebase --update-refs` moves at its end.
    ...(await text('rebase-merge', 'update-refs')).split('\n'),
  ];
  return candidates.filter((candidate) => candidate.startsWith('refs/heads/'));
}
