import { join } from 'node:path';
import { holderIsDead } from '../gate/holder.ts';
import type { Project } from '../project/project.ts';
import { KEPT_FOLDERS, TRASH } from '../worktree/discard-folder.ts';

/** A whole folder that rota moved out of the way and keeps. */
export interface KeptFolder {
  readonly path: string;
  readonly reason: string;
}

/** As leaveClone and takePrivateObjects name them. */
const GIT_FOLDER = /(?:^git-[0-9]+|-git)~/;

/** Folders of worktrees that could neither be rescued nor removed. Only looks. */
export async function listKeptFolders({ system, worktrees }: Project): Promise<KeptFolder[]> {
  const { files } = system;
  const found: KeptFolder[] = [];
  for (const { name } of await files.list(join(worktrees, KEPT_FOLDERS)))
    found.push({
      path: join(worktrees, KEPT_FOLDERS, name),
      reason: GIT_FOLDER.test(name)
        ? "an agent's repository that could not be taken in as a whole; look at its files, start no git in it, remove it when it is not needed"
        : 'its place was needed and its content could not be rescued; remove it when it is not needed',
    });
  for (const { name } of await files.list(join(worktrees, TRASH))) {
    // A removal that is going on is nobody's leftover.
    if (!(await holderIsDead(system, name.slice(name.lastIndexOf('~') + 1)))) continue;
    found.push({
      path: join(worktrees, TRASH, name),
      reason: 'its removal was interrupted; rota sweep goes on',
    });
  }
  return found;
}
