import { basename, dirname, join } from 'node:path';
import { RotaError } from '../../errors.ts';
import { linkOnTheWay } from '../../system/link-on-the-way.ts';
import { holderName } from '../gate/holder.ts';
import type { Project } from '../project/project.ts';
import type { WorktreePlace } from './worktree.ts';

/** Folder beside the worktrees (so on the same disk) for what is being deleted. */
export const TRASH = '.trash';
/** Folder beside the worktrees for what rota can neither rescue nor delete. */
export const KEPT_FOLDERS = '.kept';
const TRIES = 50;

/** The folder that holds all worktrees: a worktree is at `<root>/<branch>`. */
export function worktreesRoot({ path, branch }: Pick<WorktreePlace, 'path' | 'branch'>): string {
  return path.endsWith(`/${branch}`) ? path.slice(0, -branch.length - 1) : dirname(path);
}

/** Moves a worktree's folder aside in one step, so that a crash never leaves half of it. Returns where it is then. */
export async function moveAside(project: Project, worktree: WorktreePlace): Promise<string> {
  const { files } = project.system;
  const trash = join(worktreesRoot(worktree), TRASH);
  const aside = join(trash, `${basename(worktree.path)}~${holderName(project.system)}`);
  for (let tries = 1; ; tries++) {
    await files.makeFolder(trash);
    const link = await linkOnTheWay(files, project.repository.root, trash);
    if (link !== null) throw new RotaError('files', `${link} is a symbolic link.`, `rm '${link}'`);
    try {
      await files.rename(worktree.path, aside);
      return aside;
    } catch (error) {
      // Who empties the trash at the same moment removes it: make it again.
      const gone = (error as NodeJS.ErrnoException).code === 'ENOENT';
      if (!gone || tries === TRIES || (await files.facts(worktree.path)) === null) throw error;
    }
  }
}

/** Deletes a folder that was moved aside, and the administrative entry of its worktree. */
export async function discardAside(project: Project, worktree: WorktreePlace, aside: string): Promise<void> {
  await dropAdminEntry(project, worktree.adminDir);
  await project.system.files.removeTree(aside);
  await removeEmptyFolders(project, worktree);
}

/** Forgets a worktree, locked or not: what `git worktree prune` does for one entry. */
export async function dropAdminEntry(project: Project, adminDir: string): Promise<void> {
  const { files } = project.system;
  // Only ever an entry of this repository, whatever a run's notes say.
  if (dirname(adminDir) !== join(project.repository.gitDir, 'worktrees')) return;
  await files.removeTree(adminDir);
  await files.removeFolder(dirname(adminDir)).catch(notEmpty);
}

/** Removes the empty folders between the worktrees' root and where the worktree was. */
export async function removeEmptyFolders(
  project: Project,
  worktree: Pick<WorktreePlace, 'path' | 'branch'>,
): Promise<void> {
  const { files } = project.system;
  const root = worktreesRoot(worktree);
  await files.removeFolder(join(root, TRASH)).catch(notEmpty);
  for (let folder = dirname(worktree.path); folder.length > root.length; folder = dirname(folder)) {
    if ((await files.list(folder)).length > 0) return;
    await files.removeFolder(folder).catch(notEmpty);
  }
}

function notEmpty(error: NodeJS.ErrnoException): void {
  if (!['ENOTEMPTY', 'EEXIST', 'ENOENT'].includes(error.code ?? '')) throw error;
}
