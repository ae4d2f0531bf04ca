import { join } from 'node:path';
import type { Files } from '../../system/ports.ts';
import { holderIsDead } from '../gate/holder.ts';
import type { Project } from '../project/project.ts';
import { moveRef } from '../worktree/ancestry.ts';
import { TRASH } from '../worktree/discard-folder.ts';
import { UNREGISTERED } from '../worktree/register-worktree.ts';
import { RESCUE_REFS } from '../worktree/rescue.ts';
import { pruneRunFolders } from './prune-run-folders.ts';

const DAY = 24 * 60 * 60_000;
const RESCUES_KEPT = 90 * DAY;
/** A neutral directory of a process that is gone; the time is for processes that cannot be seen from here. */
const NEUTRAL_KEPT = 60 * 60_000;

/** Drops what rota itself left lying about. Returns sentences about what was put right. */
export async function prune(project: Project): Promise<string[]> {
  const said = await emptyTrash(project);
  if (!(await isDue(project))) return said;
  await dropNeutrals(project);
  await dropUnregistered(project);
  await pruneRunFolders(project);
  await dropOldRescues(project);
  await project.system.files.writeWhole(stampOf(project), '');
  return said;
}

/** Once a day is enough for what only costs space. */
async function isDue(project: Project): Promise<boolean> {
  const { files, clock } = project.system;
  await files.makeFolder(project.repository.rotaDir);
  const stamp = await files.facts(stampOf(project));
  return stamp === null || Math.abs(clock.now().getTime() - stamp.mtimeMs) > DAY;
}

function stampOf({ repository }: Project): string {
  return join(repository.rotaDir, 'pruned');
}

/**
 * Worktrees whose removal died half-way. As long as git's entry is there, the folder had not been looked at for the last time:
 * it goes back to its place and is swept like any other.
 */
async function emptyTrash(project: Project): Promise<string[]> {
  const { system, worktrees } = project;
  const said: string[] = [];
  const trash = join(worktrees, TRASH);
  for (const { name } of await system.files.list(trash)) {
    if (!(await holderIsDead(system, name.slice(name.lastIndexOf('~') + 1)))) continue;
    const folder = join(trash, name);
    const place = await placeOf(system.files, folder);
    if (place === null) await system.files.removeTree(folder);
    else if ((await system.files.facts(place)) === null) {
      await system.files.rename(folder, place);
      said.push(`The removal of ${place} had died half-way; the folder is back in its place.`);
    } else said.push(`${folder} is what an interrupted removal left; ${place} is taken, so it stays there.`);
  }
  return said;
}

/** Where git's entry, if there is one, says that the worktree is. */
async function placeOf(files: Files, folder: string): Promise<string | null> {
  const pointer =
    (await files.readIfThere(join(folder, '.git')).catch(() => null))?.toString('utf8').trim() ?? '';
  const adminDir = /^gitdir: (\/.+)$/.exec(pointer)?.[1];
  if (adminDir === undefined) return null;
  const dotGit = (await files.readIfThere(join(adminDir, 'gitdir')))?.toString('utf8').trim();
  return dotGit?.endsWith('/.git') ? dotGit.slice(0, -'/.git'.length) : null;
}

async function dropUnregistered({ system, repository }: Project): Promise<void> {
  const parent = join(repository.rotaDir, UNREGISTERED);
  for (const { name } of await system.files.list(parent)) {
    if (await holderIsDead(system, name)) await system.files.removeTree(join(parent, name));
  }
}

async function dropNeutrals({ system, repository }: Project): Promise<void> {
  const { files, processTable, clock } = system;
  const parent = join(repository.cacheDir, 'neutral');
  for (const { name } of await files.list(parent)) {
    const pid = Number(/^(\d+)-/.exec(name)?.[1]);
    const folder = join(parent, name);
    const facts = await files.facts(folder);
    if (!Number.isInteger(pid) || facts === null || clock.now().getTime() - facts.mtimeMs < NEUTRAL_KEPT)
      continue;
    if ((await processTable.facts(pid)).kind === 'gone') await files.removeTree(folder);
  }
}

async function dropOldRescues(project: Project): Promise<void> {
  const { git, clock } = project.system;
  const args = ['for-each-ref', '--format=%(objectname) %(refname)', RESCUE_REFS];
  for (const line of (await git.text(project.repository.place, args)).split('\n')) {
    const [commit, ref] = line.split(' ');
    const time = /\/(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z(?:-\d+)?$/.exec(ref ?? '');
    if (commit === undefined || ref === undefined || time === null) continue;
    const [, year, month, day, hour, minute, second] = time;
    const at = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
    if (clock.now().getTime() - at > RESCUES_KEPT)
      await moveRef(project, ref, { from: commit, to: null, why: 'rota: 90 days old' });
  }
}
