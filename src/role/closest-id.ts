import { compareTaskKeys, parseTaskId } from '../task/id.ts';
import type { TaskKey } from '../task/task.ts';
import { closestName } from './closest-name.ts';

/**
 * The known id that `id` is probably a slip of: the fewest letters to change, then the same prefix, then the nearest number.
 * Null: none is near.
 */
export function closestId(id: string, known: Iterable<TaskKey>): TaskKey | null {
  const wanted = parts(id);
  const away = (key: TaskKey) => {
    const { prefix, number } = parts(key);
    return (prefix === wanted.prefix ? 0 : 10 ** 7) + Math.abs(number - wanted.number);
  };
  const sorted = [...known].sort((a, b) => away(a) - away(b) || compareTaskKeys(a, b));
  return closestName(parseTaskId(id) ?? id, sorted) as TaskKey | null;
}

function parts(id: string): { prefix: string; number: number } {
  const digits = /\d{0,6}$/.exec(id)?.[0] ?? '';
  return { prefix: id.slice(0, id.length - digits.length), number: Number(digits) };
}
