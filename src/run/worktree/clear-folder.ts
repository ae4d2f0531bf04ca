import { join } from 'node:path';
import { mayRemoveWorktree } from '../../plan/sweep-worktree.ts';
import { send } from '../project/actor.ts';
import type { Project } from '../project/project.ts';
import { discardAside, dropAdminEntry, KEPT_FOLDERS, moveAside, worktreesRoot } from './discard-folder.ts';
import { inspectWorktree } from './inspect-worktree.ts';
import { rescue } from './rescue.ts';
import type { WorktreePlace } from './worktree.ts';

/**
 * Clears the place of a worktree that cannot be used any more: what is not committed is rescued, then the folder goes. A
 * folder whose content cannot be rescued (large ignored files, a repository inside) is moved aside instead, and named.
 */
export async function clearFolder(
  project: Project,
  task: string,
  worktree: WorktreePlace,
  { ready, disposable }: { readonly ready: boolean; readonly disposable: readonly string[] },
): Promise<void> {
  const { files } = project.system;
  if ((await files.facts(worktree.path)) === null) return dropAdminEntry(project, worktree.adminDir);
  const content = await inspectWorktree(project, worktree, { ready, provisioned: [], disposable });
  const over = {
    task,
    ours: true,
    run: 'over',
    lock: 'none',
    head: 'landed',
    disposable,
    discard: false,
  } as const;
  const clean = mayRemoveWorktree({ ...content, ...over, uncommitted: [], untracked: [] });
  const worth = clean.action === 'rescue' ? clean.paths : [];
  const ref = clean.action === 'keep' ? null : await rescue(project, { task, worktree, files: worth });
  if (ref !== null) notice(project, task, `What was left in ${worktree.path} is kept as ${ref}.`);
  const aside = await moveAside(project, worktree);
  if (clean.action !== 'keep') return discardAside(project, worktree, aside);
  const folder = join(worktreesRoot(worktree), KEPT_FOLDERS);
  await files.makeFolder(folder);
  const place = join(folder, aside.slice(aside.lastIndexOf('/') + 1));
  await files.rename(aside, place);
  await dropAdminEntry(project, worktree.adminDir);
  notice(
    project,
    task,
    `The folder ${worktree.path} was moved to ${place}: ${clean.reason}. Remove it when it is not needed.`,
  );
}

function notice(project: Project, task: string, message: string): void {
  send(project, { role: null, task, run: null }, { type: 'notice', level: 'warning', message });
}
