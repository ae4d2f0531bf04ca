import { join, resolve } from 'node:path';
import { linkOnTheWay } from '../../system/link-on-the-way.ts';
import type { Project } from '../project/project.ts';
import type { WorktreePlace } from './worktree.ts';

/**
 * Whether a worktree's folder is where rota makes them, or names this very worktree as its own. Where git's entry says that the
 * folder is can be written by an agent, who can also put a link on the way to it, and rota deletes folders: one of a person's is
 * never taken for a run's.
 */
export async function isRotasFolder(
  { system: { files }, repository, worktrees }: Project,
  { path, adminDir }: Pick<WorktreePlace, 'path' | 'adminDir'>,
): Promise<boolean> {
  if ((await files.facts(path)) === null) return true;
  if (resolve(path).startsWith(join(worktrees, '/')))
    return (await linkOnTheWay(files, repository.root, resolve(path))) === null;
  const pointer = join(path, '.git');
  if ((await files.facts(pointer))?.kind !== 'file') return false;
  return (await files.readIfThere(pointer))?.toString('utf8').trim() === `gitdir: ${adminDir}`;
}
