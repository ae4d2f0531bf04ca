import { dirname, join, resolve } from 'node:path';
import type { System } from '../../system/ports.ts';
import type { Repository } from '../repository.ts';
import { readHeadBranch } from './checkouts.ts';
import { readIndexHolder } from './index-lock.ts';
import { readJournals } from './journal.ts';
import { isDead } from './owner.ts';

/** A home checkout whose index is locked. */
export interface HeldIndex {
  readonly gitDir: string;
  readonly onMain: boolean;
  /** `other`: git or a person's program. `move`: a live move of main. `dead`: one whose process is gone. */
  readonly kind: 'other' | 'move' | 'dead';
  /** Id of the move; empty for `other`. */
  readonly move: string;
}

/** A lock on a checkout that is not on main matters only while a switch to main may be under way, in milliseconds. */
const YOUNG = 10_000;

/** Looks for held indexes by reading files only: the common answer, none, costs a few file look-ups. */
export async function findIndexHolders(
  system: System,
  repository: Repository,
  options: { readonly branch: string; readonly isOwn: (path: string) => boolean },
): Promise<HeldIndex[]> {
  const held: HeldIndex[] = [];
  for (const gitDir of await homeGitDirs(system, repository, options.isOwn)) {
    const facts = await system.files.facts(join(gitDir, 'index.lock'));
    if (facts === null) continue;
    const onMain = (await readHeadBranch(system, gitDir)) === `refs/heads/${options.branch}`;
    if (!onMain && system.clock.now().getTime() - facts.mtimeMs > YOUNG) continue;
    const holder = await readIndexHolder(system.files, gitDir);
    if (holder.kind === 'nobody') continue;
    if (holder.kind === 'other') held.push({ gitDir, onMain, kind: 'other', move: '' });
    else
      held.push({ gitDir, onMain, kind: await stateOf(system, repository, holder.move), move: holder.move });
  }
  return held;
}

async function homeGitDirs(
  system: System,
  repository: Repository,
  isOwn: (path: string) => boolean,
): Promise<string[]> {
  const gitDirs = repository.bare ? [] : [repository.gitDir];
  const folder = join(repository.gitDir, 'worktrees');
  for (const { name } of await system.files.list(folder)) {
    const text = await system.files.readIfThere(join(folder, name, 'gitdir'));
    if (text === null) continue;
    const path = dirname(resolve(join(folder, name), text.toString('utf8').trimEnd()));
    if (!isOwn(path)) gitDirs.push(join(folder, name));
  }
  return gitDirs;
}

async function stateOf(system: System, repository: Repository, move: string): Promise<HeldIndex['kind']> {
  const { journals } = await readJournals(system, repository);
  const journal = journals.find((candidate) => candidate.move === move);
  if (journal === undefined) return 'other';
  return (await isDead(system, journal.owner)) ? 'dead' : 'move';
}
