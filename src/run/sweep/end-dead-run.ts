import { killTree } from '../../agent/kill-tree.ts';
import type { Project } from '../project/project.ts';
import { markRunEnded, readRunFacts } from '../project/run-folder.ts';
import { endLeftContainers, removeLeftBoxes, takeFromLeftBox } from '../workplace/left-boxes.ts';
import { commitOf } from '../worktree/ancestry.ts';
import { commitLeftovers } from '../worktree/commit-leftovers.ts';
import { isRotasFolder } from '../worktree/is-rotas-folder.ts';
import { leaveClone } from '../worktree/leave-clone.ts';
import { readMarker } from '../worktree/marker.ts';
import { failureOf } from './failure.ts';
import type { KnownRuns } from './known-runs.ts';

/** A run whose worker has died on this machine. */
export interface DeadRun {
  readonly run: string;
  readonly task: string;
  readonly branch: string;
  /** The boot that it lived in: processes of an earlier one need no ending. */
  readonly boot: string;
  readonly pgid: number | null;
}

export interface EndedRun {
  /** Pids of its agent that cannot be ended. While there are any, nothing else was done. */
  readonly alive: readonly number[];
  /** What became of its work, in words; null: there was none. */
  readonly saved: string | null;
}

/**
 * Ends what a dead worker left running, then commits what it left in its worktree on its branch. Safe to repeat. Work that cannot
 * be committed stays in its worktree, and `saved` says so: nobody removes it there.
 */
export async function endDeadRun(
  project: Project,
  dead: DeadRun,
  main: string,
  known: KnownRuns,
): Promise<EndedRun> {
  const alive = await endAgent(project, dead, known);
  if (alive.length > 0) return { alive, saved: null };
  await endLeftContainers(project, dead);
  const saved = await saveOrSay(project, dead, main, known);
  await removeLeftBoxes(project, dead);
  await markRunEnded(project.system, project.repository, dead.run, 'interrupted');
  return { alive, saved };
}

async function endAgent(
  { system }: Project,
  { run, boot, pgid }: DeadRun,
  known: KnownRuns,
): Promise<readonly number[]> {
  if (boot !== system.machine.boot || known.isQuiet(run)) return [];
  // Where a run's processes are found by their environment, the group is not needed, and its number may be another's by now.
  return killTree(system, { group: system.environment.platform === 'linux' ? null : pgid, run });
}

async function saveOrSay(
  project: Project,
  dead: DeadRun,
  main: string,
  known: KnownRuns,
): Promise<string | null> {
  try {
    return await saveWork(project, dead, main, known);
  } catch (error) {
    return `its work was left as it is: ${failureOf(error)}`;
  }
}

async function saveWork(
  project: Project,
  { run, task, branch }: DeadRun,
  main: string,
  known: KnownRuns,
): Promise<string | null> {
  const { system, repository } = project;
  const left = known.worktreeOf(run);
  if (left === null || left.path === null) return null;
  // Another sweeper may have removed it, and another run taken its place.
  if ((await readMarker(system, left.adminDir))?.run !== run) return null;
  if (!(await isRotasFolder(project, { path: left.path, adminDir: left.adminDir })))
    return `its worktree is said to be ${left.path}, which is not rota's; nothing was taken from there`;
  const base = (await readRunFacts(system, repository, run))?.base ?? null;
  const tip = base ?? (await commitOf(project, `refs/heads/${branch}`)) ?? main;
  const worktree = { path: left.path, adminDir: left.adminDir, branch, tip };
  const said = [
    ...(await leaveClone(project, { task, run, worktree, base })),
    ...(await takeFromLeftBox(project, { run, branch })),
  ];
  const done = await commitLeftovers(project, worktree, `chore(${task}): keep the work of a run that died`);
  if (done.problem !== null) return `its work was left as it is: ${done.problem}`;
  const committed = done.committed ? ['what it left was committed on its branch'] : [];
  return [...said, ...committed].join('; ') || null;
}
