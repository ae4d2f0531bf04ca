import type { Task } from '../task/task.ts';
import type { LockRecord, TaskRecord } from './record.ts';

export interface ClaimFacts {
  readonly task: Task;
  readonly lock: LockRecord;
  readonly previous: TaskRecord | null;
  /** A person edited the file since rota last saw it: attempts start again and `blocked` is lifted. */
  readonly edited: boolean;
  /** Content hash of the task file at the claim. */
  readonly of: string;
  /** The commit that shows the lock in the file, or null. */
  readonly publish: string | null;
}

/** The record that a claim writes: what is known of earlier attempts stays, the lock is new. */
export function claimedRecord({ task, lock, previous, edited, of, publish }: ClaimFacts): TaskRecord {
  const state = previous?.state ?? null;
  return {
    v: 1,
    task: task.id,
    lock,
    state: state === 'blocked' ? null : state,
    attempts: edited ? 0 : (previous?.attempts ?? 0),
    reason: state === 'blocked' ? null : (previous?.reason ?? null),
    notes: previous?.notes ?? [],
    notBefore: null,
    pr: previous?.pr ?? null,
    waiting: previous?.waiting ?? null,
    publish,
    of,
    log: previous?.log ?? [],
    branch: lock.branch,
  };
}
