import { compareTaskKeys, parseTaskId } from '../task/id.ts';
import type { TaskKey } from '../task/task.ts';
import { closestName } from './closest-name.ts';

/** The known id that `id` is probably a slip of: the fewest letters to change, then the nearest number. Null: none is near. */
export function closestId(id: string, known: Iterable<TaskKey>): TaskKey | null {
  const wanted = numberOf(id);
  const away = (key: TaskKey) => Math.abs(numberOf(key) - wanted);
  const sorted = [...known].sort((a, b) => away(a) - away(b) || compareTaskKeys(a, b));
  return closestName(parseTaskId(id) ?? id, sorted) as TaskKey | null;
}

function numberOf(id: string): number {
  return Number(/\d*$/.exec(id.slice(-6))?.[0] ?? 0);
}
