import { RotaError } from '../../errors.ts';
import type { TaskRecord } from '../../plan/record.ts';
import { addNote, noteText } from '../../plan/record-notes.ts';
import { decideRelease } from '../../plan/release.ts';
import { taskRef } from '../../store/records/task-ref.ts';
import { formatLogLine } from '../../task/log-line.ts';
import { keptCommits } from '../claim/kept-commits.ts';
import { releaseLock } from '../claim/release-lock.ts';
import type { Project } from '../project/project.ts';
import { commitOf, isAncestor } from '../worktree/ancestry.ts';
import { endDeadRun } from './end-dead-run.ts';
import type { DeadLock } from './find-dead-locks.ts';
import type { Sweeping } from './sweeping.ts';

/** Log lines in a record: the newest so many. */
const MOST_LOG = 50;

/**
 * Frees the task of a dead worker: its agent is ended first, what it left is committed on its branch, then the lock goes by one
 * compare-and-swap. Of several sweepers one does it, the others find that it is done.
 */
export async function freeLock(sweeping: Sweeping, dead: DeadLock, main: string): Promise<void> {
  const { project, options, add } = sweeping;
  const { record, lock } = dead;
  const about = { task: record.task, branch: lock.branch };
  if (record.state === 'reserved') return freeReservation(sweeping, dead);
  const reason = `its worker (${lock.role}, ${lock.by}) died: ${dead.proof}`;
  if (options.dryRun) return add('freed', { ...about, reason: `${reason}; it would be freed` });
  try {
    const { run, branch, boot, pgid } = lock;
    const { alive, saved } = dead.here
      ? await endDeadRun(project, { run, task: record.task, branch, boot, pgid }, main)
      : { alive: [], saved: null };
    if (alive.length > 0) {
      const why = `${reason}, but its agent cannot be ended: process ${alive.join(', ')}`;
      return add('kept', { ...about, reason: why }, run);
    }
    const worked = await hasWork(project, branch, main);
    const next = recordAfter(project, dead, worked);
    const released = await releaseLock(project, {
      ...{ run, role: 'sweeper', key: dead.key, token: dead.token, record: next, keep: keptCommits(next) },
      ...{ note: null, statusOnMain: null, removeBlock: true },
    });
    if (released === 'released')
      add('freed', { ...about, reason: saved === null ? reason : `${reason}; ${saved}` }, run);
  } catch (error) {
    if (!(error instanceof RotaError)) throw error;
    const why = `${reason}, but it could not be freed: ${error.message}`;
    add('kept', { ...about, reason: why }, lock.run);
  }
}

/** An id that a dead run had reserved for a task that it proposed. */
async function freeReservation(
  { project, options, add }: Sweeping,
  { key, token, record }: DeadLock,
): Promise<void> {
  const reason = 'its id was reserved by a run that died';
  if (options.dryRun) return add('freed', { task: record.task, reason: `${reason}; it would be freed` });
  const swapped = await project.refs.swap([{ ref: taskRef(key), from: token, to: null }]);
  if (swapped.kind === 'swapped') add('freed', { task: record.task, reason });
  else if (swapped.kind !== 'stale')
    add('kept', { task: record.task, reason: `${reason}, but: ${swapped.reason}` });
}

async function hasWork(project: Project, branch: string, main: string): Promise<boolean> {
  const tip = await commitOf(project, `refs/heads/${branch}`);
  return tip !== null && !(await isAncestor(project, tip, main));
}

/** Attempts stay as they are: the task is not to blame. Null: nothing is left in the record. */
function recordAfter({ system }: Project, { record, lock }: DeadLock, worked: boolean): TaskRecord | null {
  const now = system.clock.now();
  const detail = `the worker of run ${lock.run} on ${lock.host} died; what it left is on ${lock.branch}`;
  const text = noteText([
    'The worker of this attempt died before it could say anything.',
    `What it left is on ${lock.branch}.`,
  ]);
  const note = { run: lock.run, at: now.toISOString(), outcome: 'interrupted', text };
  const line = formatLogLine({ at: now, role: 'sweeper', task: record.task, event: 'freed', detail });
  const before = worked
    ? { ...record, notes: addNote(record.notes, note, false), log: [...record.log, line].slice(-MOST_LOG) }
    : record;
  return decideRelease({
    ...{
      outcome: 'interrupted',
      record: before,
      role: { attempts: Number.POSITIVE_INFINITY },
      run: lock.run,
    },
    ...{
      reason: detail,
      question: null,
      details: null,
      waiting: null,
      pr: null,
      now,
      random: system.random.fraction(),
    },
  }).record;
}
