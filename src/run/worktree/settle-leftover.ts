import { join } from 'node:path';
import { killTree } from '../../agent/kill-tree.ts';
import { RotaError } from '../../errors.ts';
import { isDead } from '../../store/home/owner.ts';
import { send } from '../project/actor.ts';
import type { Project } from '../project/project.ts';
import { readRunFacts } from '../project/run-folder.ts';
import { clearFolder } from './clear-folder.ts';
import { CLONE_MARK } from './clone-place.ts';
import { commitLeftovers } from './commit-leftovers.ts';
import { isRotasFolder } from './is-rotas-folder.ts';
import { leaveCloneAndSay } from './leave-clone.ts';
import type { RegisteredWorktree } from './list-worktrees.ts';
import type { WorktreePlace } from './worktree.ts';

/** What is left of an earlier run, and who wants its place. */
export interface Leftover {
  readonly left: RegisteredWorktree;
  readonly task: string;
  readonly run: string;
  readonly branch: string;
  /** A commit that was on the branch. */
  readonly tip: string;
  readonly disposable: readonly string[];
}

/**
 * Takes over the worktree of an earlier run. What that run left is committed on its branch; a worktree that is not sane any
 * more is rescued and cleared.
 *
 * @returns the worktree to go on with; null: there is none any more
 * @throws RotaError `stale` when the earlier run has not ended
 */
export async function settleLeftover(project: Project, leftover: Leftover): Promise<WorktreePlace | null> {
  const { left, task, branch, tip, disposable } = leftover;
  await makeSureItEnded(project, leftover);
  if (left.path === null) return null;
  const place = { path: left.path, adminDir: left.adminDir, branch };
  if (!(await isRotasFolder(project, place)))
    throw new RotaError(
      'locked',
      `git's entry ${left.adminDir} of an earlier run names a folder that is not rota's: ${left.path}.`,
      `Look at it; if nothing is missing, rm -r -- '${left.adminDir}'`,
    );
  const ready = left.marker?.ready ?? false;
  const changed = await isTurnedIntoAnother(project, place);
  await leaveCloneAndSay(project, { task, run: left.marker?.run ?? null, worktree: place, base: null });
  if (ready && !changed && left.branches.includes(branch) && (await isSane(project, place))) {
    const done = await commitLeftovers(
      project,
      { ...place, tip },
      `chore(${task}): keep the work of an earlier run`,
    );
    if (done.problem === null) return place;
    const message = `The worktree ${place.path} cannot be used again: ${done.problem}.`;
    send(project, { role: null, task, run: leftover.run }, { type: 'notice', level: 'info', message });
  }
  await clearFolder(project, task, { ...place, branch: left.branches[0] ?? branch }, { ready, disposable });
  return null;
}

/** Its agent has put a repository of its own there, where rota had not. */
async function isTurnedIntoAnother(
  { system: { files } }: Project,
  { path, adminDir }: WorktreePlace,
): Promise<boolean> {
  if ((await files.facts(join(path, '.git')))?.kind !== 'folder') return false;
  return (await files.facts(join(adminDir, CLONE_MARK))) === null;
}

async function makeSureItEnded(project: Project, { left, run }: Leftover): Promise<void> {
  const { system, repository } = project;
  const earlier = left.marker?.run;
  if (earlier === undefined || earlier === run) return;
  const facts = await readRunFacts(system, repository, earlier);
  if (facts === null || facts.ended !== null) return;
  const where = left.path ?? left.adminDir;
  if (!(await isDead(system, { ...facts })))
    throw new RotaError(
      'stale',
      `An earlier run (${earlier}) has not ended yet in ${where}.`,
      'Try again in a moment.',
    );
  const alive = await killTree(system, { group: null, run: earlier });
  if (alive.length > 0)
    throw new RotaError(
      'stale',
      `Processes of an earlier run could not be ended: ${alive.join(', ')}.`,
      `They work in ${where}.`,
    );
}

/** The folder, its `.git` file and the index are as rota made them, and no git was killed while it wrote. */
async function isSane(project: Project, { path, adminDir }: WorktreePlace): Promise<boolean> {
  const { files } = project.system;
  if (
    (await files.facts(path))?.kind !== 'folder' ||
    (await files.facts(join(path, '.git')))?.kind !== 'file'
  )
    return false;
  const [pointer, index, locks] = await Promise.all([
    files.readIfThere(join(path, '.git')),
    files.facts(join(adminDir, 'index')),
    Promise.all(['index.lock', 'HEAD.lock'].map((name) => files.facts(join(adminDir, name)))),
  ]);
  return (
    pointer?.toString('utf8').trim() === `gitdir: ${adminDir}` &&
    index !== null &&
    locks.every((lock) => lock === null)
  );
}
