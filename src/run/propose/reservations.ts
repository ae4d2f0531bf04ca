import { emptyRecord } from '../../plan/empty-record.ts';
import type { HeldRecord, TaskRecord } from '../../plan/record.ts';
import { parseTaskId } from '../../task/id.ts';
import type { TaskKey } from '../../task/task.ts';

const WITH = 'proposed with ';

/**
 * The record of an id whose task file is in an open request: no worker holds it, and nobody else may take it until the request
 * is merged or closed.
 */
export function reservedRecord(id: string, proposedWith: string): TaskRecord {
  return { ...emptyRecord(id, 'reserved'), reason: `${WITH}${proposedWith}` };
}

/** The ids that are reserved for the request of this task, with their tokens. */
export function reservationsOf(
  records: ReadonlyMap<TaskKey, HeldRecord>,
  task: TaskKey,
): { readonly key: TaskKey; readonly token: string }[] {
  return [...records].flatMap(([key, { token, record }]) => {
    if (record?.state !== 'reserved' || record.lock !== null) return [];
    const reason = record.reason ?? '';
    const owner = reason.startsWith(WITH) ? parseTaskId(reason.slice(WITH.length)) : null;
    return owner === task ? [{ key, token }] : [];
  });
}
