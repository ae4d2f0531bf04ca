import type { TaskRecord } from '../../plan/record.ts';
import { taskRef } from '../../store/records/task-ref.ts';
import type { TaskKey } from '../../task/task.ts';
import type { Project } from '../project/project.ts';
import { keptCommits } from './kept-commits.ts';

/** The lock that a run holds: its newest record and token. The token changes with every renewal. */
export interface HeldLock {
  readonly key: TaskKey;
  readonly run: string;
  /** It is on a pull request, of which main knows nothing: only its record can be taken away. */
  readonly request?: boolean;
  record: TaskRecord;
  token: string;
}

/**
 * Writes the record anew by compare-and-swap.
 *
 * @returns `lost` when the lock is not this run's any more
 */
export async function renewLock(
  project: Project,
  lock: HeldLock,
  change: Partial<TaskRecord>,
): Promise<'renewed' | 'lost' | 'unreachable'> {
  const record = { ...lock.record, ...change };
  const token = await project.records.write(record, {
    previous: lock.token,
    replaces: true,
    keep: keptCommits(record),
  });
  const result = await project.refs.swap([{ ref: taskRef(lock.key), from: lock.token, to: token }]);
  switch (result.kind) {
    case 'swapped':
      lock.record = record;
      lock.token = token;
      return 'renewed';
    case 'stale':
      return (await adoptLock(project, lock)) ? 'renewed' : 'lost';
    case 'rejected':
    case 'unreachable':
      return 'unreachable';
    default:
      return result satisfies never;
  }
}

/**
 * After a stale token: whether the newest record is still this run's; if so the lock goes on with it. Of its content only the
 * task's hash is anybody else's to write; that the lock is shown may be news of this run's own, whose answer was lost.
 */
export async function adoptLock(project: Project, lock: HeldLock): Promise<boolean> {
  const view = await project.refs.read();
  const token = view.tasks.get(lock.key);
  const record = token === undefined ? null : (await project.records.readOne(token)).record;
  if (token === undefined || record?.lock?.run !== lock.run) return false;
  lock.record = { ...lock.record, of: record.of, publish: lock.record.publish ?? record.publish };
  lock.token = token;
  return true;
}
