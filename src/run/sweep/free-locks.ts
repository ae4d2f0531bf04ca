import type { TaskRecord } from '../../plan/record.ts';
import { addNote, noteText } from '../../plan/record-notes.ts';
import { decideRelease } from '../../plan/release.ts';
import { formatLogLine } from '../../task/log-line.ts';
import type { Project } from '../project/project.ts';
import { endDeadRun } from './end-dead-run.ts';
import { failureOf } from './failure.ts';
import type { DeadLock } from './find-dead-locks.ts';
import { type KnownRuns, lookAtRuns } from './known-runs.ts';
import { type Freed, releaseMany } from './release-many.ts';
import { sideBySide } from './side-by-side.ts';
import type { Sweeping } from './sweeping.ts';
import { branchesWithWork } from './unmerged-branches.ts';

/** Log lines in a record: the newest so many. */
const MOST_LOG = 50;
/** Freed together: what a crash in between leaves to the next sweep. */
const TOGETHER = 250;
/** Dead runs whose work is saved at the same time. */
const AT_ONCE = 4;

/** A dead lock whose agent has ended and whose work is put away. */
interface Settled {
  readonly dead: DeadLock;
  /** Why it is freed, in words. */
  readonly reason: string;
}

/**
 * Frees the tasks of dead workers: their agents are ended first, what they left is committed on their branches, then each lock goes
 * by compare-and-swap, many in one transaction. Of several sweepers one does it, the others find that it is done.
 */
export async function freeLocks(sweeping: Sweeping, locks: readonly DeadLock[], main: string): Promise<void> {
  if (locks.length === 0) return;
  if (sweeping.options.dryRun) {
    for (const dead of locks)
      sweeping.add('freed', { ...aboutOf(dead), reason: `${reasonOf(dead)}; it would be freed` });
    return;
  }
  const known = await lookAtRuns(sweeping.project);
  for (let at = 0; at < locks.length; at += TOGETHER)
    await freeSome(sweeping, locks.slice(at, at + TOGETHER), main, known);
}

async function freeSome(
  sweeping: Sweeping,
  locks: readonly DeadLock[],
  main: string,
  known: KnownRuns,
): Promise<void> {
  const { project, add } = sweeping;
  const ended = await sideBySide(locks, AT_ONCE, (dead) => settle(sweeping, dead, main, known));
  const settled = ended.filter((one) => one !== null);
  const worked = await branchesWithWork(
    project,
    main,
    settled.map(({ dead }) => dead.lock.branch),
  );
  const releases = settled.map(({ dead }) => ({
    ...{ key: dead.key, task: dead.record.task, run: dead.lock.run, token: dead.token },
    record: recordAfter(project, dead, worked.has(dead.lock.branch)),
  }));
  const freed = await releaseMany(project, releases);
  for (const [at, { dead, reason }] of settled.entries()) tell(add, dead, reason, freed[at]!);
}

function tell(add: Sweeping['add'], dead: DeadLock, reason: string, freed: Freed): void {
  // Lost: another sweeper was faster, or the worker had just given it back.
  if (freed.kind === 'lost') return;
  const why =
    freed.kind === 'freed' ? reason : `${reasonOf(dead)}, but it could not be freed: ${freed.reason}`;
  add(freed.kind === 'freed' ? 'freed' : 'kept', { ...aboutOf(dead), reason: why }, dead.lock.run);
}

/** Null: it cannot be freed now, and that was said. */
async function settle(
  { project, add }: Sweeping,
  dead: DeadLock,
  main: string,
  known: KnownRuns,
): Promise<Settled | null> {
  const reason = reasonOf(dead);
  if (!dead.here || dead.record.state === 'reserved') return { dead, reason };
  const { run, branch, boot, pgid } = dead.lock;
  const why = await endDeadRun(
    project,
    { run, task: dead.record.task, branch, boot, pgid },
    main,
    known,
  ).then(
    ({ alive, saved }) => {
      if (alive.length === 0) return { dead, reason: saved === null ? reason : `${reason}; ${saved}` };
      return `its agent cannot be ended: process ${alive.join(', ')}`;
    },
    (error: unknown) => `it could not be freed: ${failureOf(error)}`,
  );
  if (typeof why !== 'string') return why;
  add('kept', { ...aboutOf(dead), reason: `${reason}, but ${why}` }, run);
  return null;
}

function aboutOf({ record, lock }: DeadLock): { task: string; branch?: string } {
  return record.state === 'reserved' ? { task: record.task } : { task: record.task, branch: lock.branch };
}

function reasonOf({ record, lock, proof }: DeadLock): string {
  if (record.state === 'reserved') return 'its id was reserved by a run that died';
  return `its worker (${lock.role}, ${lock.by}) died: ${proof}`;
}

/** Attempts stay as they are: the task is not to blame. Null: nothing is left in the record. */
function recordAfter({ system }: Project, { record, lock }: DeadLock, worked: boolean): TaskRecord | null {
  if (record.state === 'reserved') return null;
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
