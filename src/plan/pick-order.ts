import { parseTaskId } from '../task/id.ts';
import { PRIORITIES, type Task, type TaskKey } from '../task/task.ts';

/**
 * Compares two eligible tasks by what should be done first: priority, then `order` (none last), then how many open
 * tasks wait for it directly or through others. Tasks that are equal are in the order of their ids (compareTaskKeys).
 */
export function comparePickOrder(tasks: readonly Task[]): (a: Task, b: Task) => number {
  const unblocked = unblockedCount(tasks);
  return (a, b) =>
    PRIORITIES.indexOf(a.priority) - PRIORITIES.indexOf(b.priority) ||
    compareOrder(a.order, b.order) ||
    unblocked(b.key) - unblocked(a.key);
}

function compareOrder(a: number | null, b: number | null): number {
  if (a === b) return 0;
  if (a === null) return 1;
  return b === null ? -1 : a - b;
}

/** Counted only for tasks that are compared that far, and once each: a walk costs as much as the backlog is deep. */
function unblockedCount(tasks: readonly Task[]): (key: TaskKey) => number {
  const counts = new Map<TaskKey, number>();
  let dependents: ReadonlyMap<TaskKey, readonly TaskKey[]> | null = null;
  return (key) => {
    const known = counts.get(key);
    if (known !== undefined) return known;
    dependents ??= openDependents(tasks);
    const count = countReachable(key, dependents);
    counts.set(key, count);
    return count;
  };
}

function openDependents(tasks: readonly Task[]): Map<TaskKey, TaskKey[]> {
  const dependents = new Map<TaskKey, TaskKey[]>();
  for (const task of tasks) {
    if (task.status === 'done' || task.status === 'dropped') continue;
    for (const id of task.depends) {
      const key = parseTaskId(id);
      if (key === null) continue;
      const list = dependents.get(key);
      if (list === undefined) dependents.set(key, [task.key]);
      else list.push(task.key);
    }
  }
  return dependents;
}

function countReachable(start: TaskKey, dependents: ReadonlyMap<TaskKey, readonly TaskKey[]>): number {
  const seen = new Set<TaskKey>([start]);
  // A set grows while it is walked, so this visits everything that is reachable, cycles included, once.
  for (const key of seen) for (const next of dependents.get(key) ?? []) seen.add(next);
  return seen.size - 1;
}
