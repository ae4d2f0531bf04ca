import { dirname, join } from 'node:path';
import { RotaError } from '../../errors.ts';
import { leaveBehind } from '../../store/leave-behind.ts';
import { linkOnTheWay } from '../../system/link-on-the-way.ts';
import { removeEverything } from '../gate/remove-everything.ts';
import type { Project } from '../project/project.ts';

/** Folder beside the worktrees, so on the same disk: one folder for each run whose agent has a repository of its own. */
export const CLONES = '.clones';

/** Where a run's agent finds its prompt and leaves its result, and where its repository is made before it is put in place. */
export function clonePlaceOf({ worktrees }: Project, run: string): string {
  return join(worktrees, CLONES, run);
}

/** In a worktree's administrative folder: its `.git` is a repository of the agent's. Names the pack that rota made for it. */
export const CLONE_MARK = 'rota-clone';

/** @throws RotaError `files` when there is a symbolic link on the way: what is made or moved there would be somewhere else */
export async function refuseLinkTo({ system: { files }, repository }: Project, path: string): Promise<void> {
  const link = await linkOnTheWay(files, repository.root, path);
  if (link !== null) throw new RotaError('files', `${link} is a symbolic link.`, `rm '${link}'`);
}

/** For when nothing in it is needed: what an agent left was taken in, or its repository was never put in place. */
export async function dropClonePlace(
  { system: { files }, repository }: Project,
  place: string,
): Promise<void> {
  if ((await linkOnTheWay(files, repository.root, place)) !== null) return;
  await removeEverything(files, place).catch(leaveBehind);
  // Not empty, or not there.
  await files.removeFolder(dirname(place)).catch(() => undefined);
}
