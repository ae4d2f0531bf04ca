import { basename, dirname, join } from 'node:path';
import { linkOnTheWay } from '../../system/link-on-the-way.ts';
import { holderIsDead } from '../gate/holder.ts';
import { removeEverything } from '../gate/remove-everything.ts';
import type { Project } from '../project/project.ts';
import { TRASH } from '../worktree/discard-folder.ts';
import { listWorktrees } from '../worktree/list-worktrees.ts';
import { failureOf } from './failure.ts';

/**
 * Worktrees whose removal died half-way. As long as git's entry of one is there, the folder had not been looked at for the last
 * time: it goes back to its place and is swept like any other. Which entry it is, git's folders say; the `.git` file in the folder,
 * which an agent may have changed or removed, only chooses between several.
 *
 * @returns sentences about what was put back, and about what stays where it is
 */
export async function emptyTrash(project: Project): Promise<{ healed: string[]; kept: string[] }> {
  const { system, repository, worktrees } = project;
  const said = { healed: [] as string[], kept: [] as string[] };
  const trash = join(worktrees, TRASH);
  const link = await linkOnTheWay(system.files, repository.root, trash);
  if (link !== null) {
    said.kept.push(`${link} is a symbolic link, so nothing was looked at below it: rm '${link}'`);
    return said;
  }
  for (const { name } of await system.files.list(trash)) {
    const folder = join(trash, name);
    try {
      if (!(await holderIsDead(system, name.slice(name.lastIndexOf('~') + 1)))) continue;
      const places = await placesOf(project, folder, name.slice(0, name.lastIndexOf('~')));
      const [place] = places;
      if (place === undefined) await removeEverything(system.files, folder);
      else if (places.length > 1)
        said.kept.push(
          `${folder} is what an interrupted removal left; it may belong to ${places.join(' or ')}.`,
        );
      else {
        await system.files.makeFolder(dirname(place));
        await system.files.rename(folder, place);
        said.healed.push(`The removal of ${place} had died half-way; the folder is back in its place.`);
      }
    } catch (error) {
      said.kept.push(
        `${folder}, which an interrupted removal left, could not be dealt with: ${failureOf(error)}`,
      );
    }
  }
  // Not empty, or not there.
  await system.files.removeFolder(trash).catch(failureOf);
  return said;
}

/** Where rota's worktrees of that name are missing. */
async function placesOf({ system, repository, worktrees }: Project, folder: string, name: string) {
  const pointer = (await system.files.readIfThere(join(folder, '.git')).catch(() => null)) ?? '';
  const missing: { path: string; adminDir: string }[] = [];
  for (const { path, adminDir, marker } of await listWorktrees(system, repository)) {
    const ours = marker !== null && path?.startsWith(join(worktrees, '/')) && basename(path) === name;
    if (ours && path !== null && (await system.files.facts(path)) === null) missing.push({ path, adminDir });
  }
  const named = missing.filter(({ adminDir }) => pointer.toString().trim() === `gitdir: ${adminDir}`);
  return (named.length === 1 ? named : missing).map(({ path }) => path);
}
