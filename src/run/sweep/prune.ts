import { join } from 'node:path';
import { isDead } from '../../store/home/owner.ts';
import { linkOnTheWay } from '../../system/link-on-the-way.ts';
import type { System } from '../../system/ports.ts';
import { holderIsDead } from '../gate/holder.ts';
import { pruneGateFolders } from '../gate/prune-gate-folders.ts';
import { pruneSnapshots } from '../gate/snapshot.ts';
import type { Project } from '../project/project.ts';
import { readRunFacts } from '../project/run-folder.ts';
import { pruneUsage } from '../usage/prune-usage.ts';
import { RESULT_DESKS } from '../workplace/result-desk.ts';
import { moveRef } from '../worktree/ancestry.ts';
import { CLONES, clonePlaceOf, dropClonePlace } from '../worktree/clone-place.ts';
import { UNREGISTERED } from '../worktree/register-worktree.ts';
import { RESCUE_REFS } from '../worktree/rescue.ts';
import { QUARANTINE } from '../worktree/take-from-clone.ts';
import { emptyTrash } from './empty-trash.ts';
import { failureOf } from './failure.ts';
import { pruneRunFolders } from './prune-run-folders.ts';

const DAY = 24 * 60 * 60_000;
const RESCUES_KEPT = 90 * DAY;
/** Younger than this, what a process that is gone made is left alone. */
const LEFT_ALONE = 60 * 60_000;

/**
 * Drops what rota itself left lying about, each kind by itself: one that fails stops no other.
 *
 * @returns sentences about what was put right, and about what could not be
 */
export async function prune(project: Project): Promise<{ healed: string[]; kept: string[] }> {
  const { system, repository } = project;
  const said = await emptyTrash(project);
  if (!(await isDue(project))) return said;
  const steps: [what: string, step: () => Promise<void>][] = [
    ['old folders of dead processes', () => dropNeutrals(project)],
    ['half-made worktrees', () => dropUnregistered(project)],
    ['repositories of agents that died', () => dropClones(project)],
    ['half-written files', () => dropHalfWritten(project)],
    ['what turns of dead workers used', () => pruneUsage(project)],
    ['the folders of old runs', () => pruneRunFolders(project)],
    ['old gate folders', () => pruneGateFolders(system, repository)],
    ['old setup snapshots', () => pruneSnapshots(system, join(repository.cacheDir, 'setup'))],
    ['reports of gates that died', () => dropOld(project, 'reports')],
    ['results of runs that died', () => dropOld(project, RESULT_DESKS)],
    ['old rescues', () => dropOldRescues(project)],
  ];
  for (const [what, step] of steps) {
    try {
      await step();
    } catch (error) {
      said.kept.push(`${what} could not be removed: ${failureOf(error)}`);
    }
  }
  await system.files.writeWhole(stampOf(project), '');
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

async function dropUnregistered({ system, repository }: Project): Promise<void> {
  const parent = join(repository.rotaDir, UNREGISTERED);
  for (const { name } of await system.files.list(parent)) {
    if (await holderIsDead(system, name)) await system.files.removeTree(join(parent, name));
  }
}

/** Copies of agents' objects, and repositories that were never put in place. */
async function dropClones(project: Project): Promise<void> {
  const { system, repository, worktrees } = project;
  const parent = join(repository.rotaDir, QUARANTINE);
  for (const { name } of await system.files.list(parent))
    if (await holderIsDead(system, name)) await system.files.removeTree(join(parent, name));
  const clones = join(worktrees, CLONES);
  if ((await linkOnTheWay(system.files, repository.root, clones)) !== null) return;
  for (const { name } of await system.files.list(clones)) {
    const facts = await readRunFacts(system, repository, name);
    if (facts === null || facts.ended !== null || (await isDead(system, facts)))
      await dropClonePlace(project, clonePlaceOf(project, name));
  }
}

/** Neutral directories and places for results are in the cache, or, where that could not be written, in the temporary folder. */
async function dropNeutrals({ system, repository }: Project): Promise<void> {
  const { files, processTable, environment } = system;
  const places: [folder: string, name: RegExp][] = [
    [join(repository.cacheDir, 'neutral'), /^(\d+)-/],
    [environment.variables['TMPDIR'] || '/tmp', /^rota-(?:neutral|result)-(\d+)-/],
  ];
  for (const [parent, pattern] of places) {
    for (const { name } of await files.list(parent)) {
      const pid = Number(pattern.exec(name)?.[1]);
      const folder = join(parent, name);
      if (!Number.isInteger(pid) || !(await isOld(system, folder))) continue;
      if ((await processTable.facts(pid)).kind === 'gone') await files.removeTree(folder);
    }
  }
}

/** The longest gate or run is over by then. */
const KEPT_IN_CACHE = 7 * DAY;

/** A gate removes the folder of a report as soon as it has read it, a run that of its result. */
async function dropOld({ system: { files, clock }, repository }: Project, kind: string): Promise<void> {
  const parent = join(repository.cacheDir, kind);
  for (const { name } of await files.list(parent)) {
    const facts = await files.facts(join(parent, name));
    if (facts !== null && clock.now().getTime() - facts.mtimeMs > KEPT_IN_CACHE)
      await files.removeTree(join(parent, name));
  }
}

/** What a process that died had written beside a file of rota's, to rename it into place. */
async function dropHalfWritten({ system, repository: { rotaDir } }: Project): Promise<void> {
  const { files, processTable } = system;
  for (const { name, kind } of await files.list(rotaDir)) {
    const pid = Number(/^(?:\..+\.(\d+)\.new|seen\.json\.(\d+)-.*)$/.exec(name)?.slice(1).join(''));
    const path = join(rotaDir, name);
    if (kind !== 'file' || !Number.isInteger(pid) || pid === 0 || !(await isOld(system, path))) continue;
    if ((await processTable.facts(pid)).kind === 'gone') await files.removeFile(path);
  }
}

/** The time is for processes that cannot be seen from here. */
async function isOld({ files, clock }: System, path: string): Promise<boolean> {
  const facts = await files.facts(path);
  return facts !== null && clock.now().getTime() - facts.mtimeMs > LEFT_ALONE;
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
