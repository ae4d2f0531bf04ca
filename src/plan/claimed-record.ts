import type { Task } from '../task/task.ts';
import { afterEdit } from './after-edit.ts';
import { emptyRecord } from './empty-record.ts';
import type { LockRecord, TaskRecord } from './record.ts';

export interface ClaimFacts {
  readonly task: Task;
  readonly lock: LockRecord;
  readonly previous: TaskRecord | null;
  /** A person edited the file since rota last saw it. */
  readonly edited: boolean;
  /** Content hash of the task file at the claim. */
  readonly of: string;
  /** The commit that shows the lock in the file, or null. */
  readonly publish: string | null;
  /** Line for the task's log. */
  readonly started: string;
}

/** The record that a claim writes: what is known of earlier attempts stays, the last backoff included; the lock is new. */
export function claimedRecord({
  task,
  lock,
  previous,
  edited,
  of,
  publish,
  started,
}: ClaimFacts): TaskRecord {
  const known = previous === null ? emptyRecord(task.id) : edited ? afterEdit(previous) : previous;
  return { ...known, v: 1, task: task.id, lock, publish, of, log: [...known.log, started] };
}
