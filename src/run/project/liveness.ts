import type { HeldRecord, LockRecord } from '../../plan/record.ts';
import { judgeLock, type LockJudgement } from '../../plan/staleness.ts';
import type { System } from '../../system/ports.ts';
import type { TaskKey } from '../../task/task.ts';

/** What has to be asked: this machine, and its processes. */
interface Here {
  readonly system: Pick<System, 'machine' | 'processTable'>;
}

export type Liveness = 'live' | 'dead' | 'unknown';

/**
 * What is known about the holder of every lock, from this machine's process table. Locks of other machines stay `unknown`
 * here: the sweep watches them over time.
 */
export async function readLiveness(
  project: Here,
  records: ReadonlyMap<TaskKey, HeldRecord>,
): Promise<ReadonlyMap<TaskKey, Liveness>> {
  const found = new Map<TaskKey, Liveness>();
  await Promise.all(
    [...records].map(async ([key, held]) => {
      const lock = held.record?.lock ?? null;
      if (lock !== null) found.set(key, await livenessOf(project, lock, null));
    }),
  );
  return found;
}

/** @param seenUnchangedFor milliseconds on this machine's monotonic clock since the record was first seen as it is */
export async function livenessOf(
  project: Here,
  lock: LockRecord,
  seenUnchangedFor: number | null,
): Promise<Liveness> {
  return (await judgeHolder(project, lock, seenUnchangedFor)).verdict;
}

/** The same, with how it is known. */
export async function judgeHolder(
  project: Here,
  lock: LockRecord,
  seenUnchangedFor: number | null,
): Promise<LockJudgement> {
  const { machine, processTable } = project.system;
  const facts = await processTable.facts(lock.pid);
  const process =
    facts.kind === 'unreadable'
      ? 'unreadable'
      : { alive: facts.kind === 'alive', started: facts.kind === 'alive' ? facts.started : null };
  return judgeLock(lock, {
    machine: machine.id,
    host: machine.host,
    pidNamespace: machine.pidNamespace,
    boot: machine.boot,
    process,
    seenUnchangedFor,
  });
}
