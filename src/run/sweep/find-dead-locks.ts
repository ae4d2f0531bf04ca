import type { LockRecord, TaskRecord } from '../../plan/record.ts';
import { isSameMachine } from '../../plan/staleness.ts';
import type { TaskKey } from '../../task/task.ts';
import { judgeHolder } from '../project/liveness.ts';
import type { Project } from '../project/project.ts';
import type { Snapshot } from '../project/snapshot.ts';
import { failureOf } from './failure.ts';
import { openSeenLocks } from './seen-locks.ts';
import type { Sweeping } from './sweeping.ts';

/** A lock whose worker is dead. */
export interface DeadLock {
  readonly key: TaskKey;
  readonly token: string;
  readonly record: TaskRecord;
  readonly lock: LockRecord;
  /** It was a worker of this machine, seen in the same process table. */
  readonly here: boolean;
  /** How its death is known, in words. */
  readonly proof: string;
}

/**
 * Locks of dead workers: proven for those of this machine; for others, those that stood still for long enough while this
 * machine watched.
 */
export async function findDeadLocks(
  { project, options, add }: Sweeping,
  { records }: Snapshot,
): Promise<DeadLock[]> {
  const watching = options.only === undefined ? await openSeenLocks(project) : null;
  const dead: DeadLock[] = [];
  for (const [key, { token, record }] of records) {
    const lock = record?.lock ?? null;
    if (record === null || lock === null) continue;
    const here = isHere(project, lock);
    const unchanged = here ? null : (watching?.unchangedFor(key, token) ?? null);
    const { verdict, reason: proof } = await judgeHolder(project, lock, unchanged);
    if (verdict === 'dead') dead.push({ key, token, record, lock, here, proof });
  }
  try {
    if (!options.dryRun) await watching?.save();
  } catch (error) {
    add('kept', { reason: `that locks of other machines were seen could not be noted: ${failureOf(error)}` });
  }
  return dead;
}

function isHere({ system }: Project, lock: LockRecord): boolean {
  const { id, host, pidNamespace, boot } = system.machine;
  return isSameMachine(lock, { machine: id, host, pidNamespace, boot });
}
