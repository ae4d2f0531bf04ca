import { dirname, isAbsolute, join, resolve } from 'node:path';
import { RotaError } from '../../errors.ts';
import type { Repository } from '../../store/repository.ts';
import type { System } from '../../system/ports.ts';
import { branchesIn } from './branches-in.ts';
import { readMarker, type WorktreeMarker } from './marker.ts';

/** A checkout as its administrative folder describes it. */
export interface RegisteredWorktree {
  /** Null for a bare repository itself, and when the entry is damaged. */
  readonly path: string | null;
  /** The main checkout's is the git dir itself. */
  readonly adminDir: string;
  /** Every branch (short name) that is in use there: HEAD's, and that of a rebase or bisect. */
  readonly branches: readonly string[];
  /** Null: a person's. */
  readonly marker: WorktreeMarker | null;
  /** Why the entry cannot be read, in words; nothing else is known about it then. */
  readonly problem: string | null;
}

/**
 * Every checkout of the repository, the main one first. Read from the administrative folders themselves: `git worktree
 * list` names neither those nor the branch of a running rebase.
 */
export async function listWorktrees(system: System, repository: Repository): Promise<RegisteredWorktree[]> {
  const { gitDir, root, bare } = repository;
  const folder = join(gitDir, 'worktrees');
  const names = (await system.files.list(folder))
    .filter(({ kind }) => kind === 'folder')
    .map(({ name }) => name);
  const main = {
    path: bare ? null : root,
    adminDir: gitDir,
    branches: await branchesIn(system, gitDir),
    marker: null,
    problem: null,
  };
  const linked = names.toSorted().map(async (name) => readOrSay(system, join(folder, name)));
  return [main, ...(await Promise.all(linked))];
}

/** One entry that is damaged must not hide the others. */
async function readOrSay(system: System, adminDir: string): Promise<RegisteredWorktree> {
  try {
    return await readWorktree(system, adminDir);
  } catch (error) {
    const { message, syscall } = error as NodeJS.ErrnoException;
    if (!(error instanceof RotaError) && syscall === undefined) throw error;
    return { path: null, adminDir, branches: [], marker: null, problem: message };
  }
}

/** One linked worktree by its administrative folder. */
async function readWorktree(system: System, adminDir: string): Promise<RegisteredWorktree> {
  const [pointer, branches, marker] = await Promise.all([
    system.files.readIfThere(join(adminDir, 'gitdir')),
    branchesIn(system, adminDir),
    readMarker(system, adminDir),
  ]);
  const dotGit = pointer?.toString('utf8').trim() ?? '';
  const path = dotGit === '' ? null : dirname(isAbsolute(dotGit) ? dotGit : resolve(adminDir, dotGit));
  return { path, adminDir, branches, marker, problem: null };
}
