import type { Task } from '../task/task.ts';

export interface RevocationFacts {
  /** The run that asks. */
  readonly run: string;
  /** The commit that shows this run's lock block is an ancestor of (or is) the main that was read. */
  readonly published: boolean;
  /**
   * The task on that main, looked up by its id, so that a renamed file is the same task; null: no file has the id;
   * `unreadable`: its file is malformed, or two files have the id.
   */
  readonly task: Task | null | 'unreadable';
}

export interface Revocation {
  readonly revoked: boolean;
  readonly reason: string;
}

/**
 * Whether a person took the task away from a run (docs/protocols.md, "Revocation"): by deleting the file, changing the
 * status, putting a lock of their own, or deleting the block that the run had published.
 */
export function isRevoked({ run, published, task }: RevocationFacts): Revocation {
  if (task === null) return revoked('the task file was deleted on main');
  if (task === 'unreadable') return revoked('the task file on main cannot be read any more');
  if (task.status !== 'ready') return revoked(`its status on main is ${task.status}, not ready`);
  if (task.lock !== null && task.lock.run === null)
    return revoked(`${task.lock.by ?? 'a person'} locked it in the file`);
  if (!published) return { revoked: false, reason: 'ready; the lock is not shown in the file' };
  if (task.lock === null) return revoked('the lock block was deleted in the file');
  if (task.lock.run !== run) return revoked(`the lock block in the file is of another run, ${task.lock.run}`);
  return { revoked: false, reason: "ready, with this run's lock block" };
}

function revoked(reason: string): Revocation {
  return { revoked: true, reason };
}
