import { STATUSES } from '../../task/task.ts';
import type { TaskDocument } from './task-document.ts';

/** The stored statuses, and those that follow from locks and records. */
export const SHOWN_STATUSES = [
  ...STATUSES,
  'progress',
  'locked',
  'dead',
  'review',
  'held',
  'waiting',
  'returned',
  'malformed',
] as const;
export type ShownStatus = (typeof SHOWN_STATUSES)[number];

/**
 * What a task is doing, in one word for people. Finished tasks are finished, whatever a leftover record says; a task that
 * a person edited since it was blocked is what its file says.
 */
export function shownStatus(task: TaskDocument, edited: boolean): ShownStatus {
  if (task.status === null) return 'malformed';
  const stored = task.status as ShownStatus;
  if (stored === 'done' || stored === 'dropped') return stored;
  if (task.lock !== null && task.lock.run === null && task.lock.by !== null) return 'locked';
  if (task.lock !== null) return task.lock.alive === false ? 'dead' : 'progress';
  switch (task.state) {
    case 'proposed':
      return 'review';
    case 'held':
    case 'waiting':
    case 'returned':
      return task.state;
    case 'blocked':
      return stored === 'ready' && !edited ? 'blocked' : stored;
    default:
      return stored;
  }
}
