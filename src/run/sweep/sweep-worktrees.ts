import type { LockRecord } from '../../plan/record.ts';
import { isDead } from '../../store/home/owner.ts';
import { parseTaskId } from '../../task/id.ts';
import { livenessOf } from '../project/liveness.ts';
import { provisionedFileOf, type RunFacts, readRunFacts } from '../project/run-folder.ts';
import type { Snapshot } from '../project/snapshot.ts';
import { listWorktrees, type RegisteredWorktree } from '../worktree/list-worktrees.ts';
import { removeWorktree } from '../worktree/remove-worktree.ts';
import { taskOfBranch } from '../worktree/worktree.ts';
import { endDeadRun } from './end-dead-run.ts';
import { failureOf } from './failure.ts';
import { type KnownRuns, lookAtRuns } from './known-runs.ts';
import { sideBySide } from './side-by-side.ts';
import type { SweepEntry } from './sweep-report.ts';
import type { Sweeping } from './sweeping.ts';

/** Worktrees that are looked at and removed at the same time. */
const AT_ONCE = 4;

/**
 * Removes the worktrees of runs that are over, where nothing is lost by it, and names those that stay with the reason. Those
 * of live runs are not mentioned.
 */
export async function sweepWorktrees(sweeping: Sweeping, snapshot: Snapshot): Promise<void> {
  const { system, repository } = sweeping.project;
  const listed = await listWorktrees(system, repository);
  for (const { adminDir, problem } of listed)
    if (problem !== null)
      sweeping.add('kept', { reason: `git's entry ${adminDir} cannot be read: ${problem}` });
  const left = listed.flatMap((worktree): Left[] =>
    worktree.marker === null || worktree.path === null
      ? []
      : [{ worktree, path: worktree.path, run: worktree.marker.run }],
  );
  if (left.length === 0) return;
  const locks = locksByRun(snapshot);
  // Before the processes are looked at: a worker that dies after that may have started its agent since.
  const over = await sideBySide(left, AT_ONCE, (one) =>
    orSay(one, () => judgeRun(sweeping, snapshot, locks, one.run)),
  );
  const known = await lookAtRuns(sweeping.project);
  const said = await sideBySide([...left.entries()], AT_ONCE, async ([at, one]) => {
    const judged = over[at]!;
    if (judged === null || 'said' in judged) return judged;
    return orSay(one, async () => ({ said: await sweepWorktree(sweeping, snapshot, known, one, judged) }));
  });
  said.forEach((lines, at) => {
    for (const [list, entry] of lines?.said ?? []) sweeping.add(list, entry, left[at]!.run);
  });
}

/** A worktree of a run's. */
interface Left {
  readonly worktree: RegisteredWorktree;
  readonly path: string;
  readonly run: string;
}

/** A line of the report. */
type Said = [list: 'rescued' | 'removed' | 'kept', entry: Partial<SweepEntry> & { readonly reason: string }];

/** What fails with one worktree is said and stops no other. */
async function orSay<T>(
  { worktree, path }: Left,
  action: () => Promise<T>,
): Promise<T | { readonly said: readonly Said[] }> {
  try {
    return await action();
  } catch (error) {
    const [branch = null] = worktree.branches;
    const reason = `it could not be swept: ${failureOf(error)}`;
    return { said: [['kept', { task: taskOfBranch(branch ?? ''), branch, worktree: path, reason }]] };
  }
}

interface Judged {
  readonly facts: RunFacts | null;
  readonly lock: 'none' | 'dead' | 'unknown';
  readonly runState: 'over' | 'running';
}

/** Null: the run lives. */
async function judgeRun(
  sweeping: Sweeping,
  snapshot: Snapshot,
  locks: ReadonlyMap<string, LockRecord>,
  run: string,
): Promise<Judged | null> {
  const { system, repository } = sweeping.project;
  const facts = await readRunFacts(system, repository, run);
  const lock = await lockOf(sweeping, snapshot, facts, locks.get(run) ?? null);
  const runState = await stateOf(sweeping, facts);
  // Its notes alone prove no death while its lock lives: any agent can write them.
  return lock === 'live' || (runState === 'running' && lock !== 'dead') ? null : { facts, lock, runState };
}

/** Nothing is said about one that somebody else has just removed. */
async function sweepWorktree(
  sweeping: Sweeping,
  snapshot: Snapshot,
  known: KnownRuns,
  { worktree, path, run }: Left,
  { facts, lock, runState }: Judged,
): Promise<Said[]> {
  const { project, options } = sweeping;
  if (facts !== null && facts.ended === null && !options.dryRun) {
    const { alive } = await endDeadRun(project, facts, snapshot.view.main, known);
    const reason = `its agent cannot be ended: process ${alive.join(', ')}`;
    if (alive.length > 0)
      return [['kept', { task: facts.task, branch: facts.branch, worktree: path, reason }]];
  }
  const branch = facts?.branch ?? worktree.branches[0] ?? '';
  const task = facts?.task ?? taskOfBranch(branch);
  const key = parseTaskId(task);
  const done = await removeWorktree(project, {
    task: key ?? taskOfBranch(branch),
    worktree: { path, adminDir: worktree.adminDir, branch, base: facts?.base ?? null },
    provisionedFile: provisionedFileOf(project.repository, run),
    disposable: snapshot.config.disposable,
    landed: null,
    ...{ run, runState, lock, discard: key !== null && key === options.discard, dryRun: options.dryRun },
  });
  if (done.already) return [];
  const entry = { task, branch: branch === '' ? null : branch, worktree: path, rescue: done.rescued };
  const would = options.dryRun && done.removed ? '; it would be removed' : '';
  const what: Said = [done.removed ? 'removed' : 'kept', { ...entry, reason: `${done.reason}${would}` }];
  if (done.rescued === null) return [what];
  return [['rescued', { ...entry, reason: `what was left in it is kept as ${done.rescued}` }], what];
}

function locksByRun({ records }: Snapshot): Map<string, LockRecord> {
  const locks = new Map<string, LockRecord>();
  for (const { record } of records.values())
    if (record !== null && record.lock !== null && record.state !== 'reserved')
      locks.set(record.lock.run, record.lock);
  return locks;
}

/** Of the task's record, if it names this run. */
async function lockOf(
  { project }: Sweeping,
  { records }: Snapshot,
  facts: RunFacts | null,
  lock: LockRecord | null,
): Promise<'none' | 'live' | 'dead' | 'unknown'> {
  if (lock !== null) return livenessOf(project, lock, null);
  // A record that cannot be read might be this run's.
  const key = facts === null ? null : parseTaskId(facts.task);
  return key !== null && records.get(key)?.record === null ? 'unknown' : 'none';
}

/** Without notes of the run its lock is all that is known, and it has none. */
async function stateOf({ project }: Sweeping, facts: RunFacts | null): Promise<'over' | 'running'> {
  if (facts === null || facts.ended !== null) return 'over';
  return (await isDead(project.system, facts)) ? 'over' : 'running';
}
