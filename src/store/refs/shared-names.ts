import { parseTaskId } from '../../task/id.ts';
import type { TaskKey } from '../../task/task.ts';
import type { SharedView } from '../shared-refs.ts';

const TASKS = 'refs/rota/tasks/';
const PAUSE = 'refs/rota/pause';
const LANDING = 'refs/rota/landing';

/** Whether a full ref name is one that workers share: main, a task's (in canonical form), the pause, the turn to land. */
export function isShared(ref: string, branch: string): boolean {
  return ref === `refs/heads/${branch}` || ref === PAUSE || ref === LANDING || keyOf(ref) !== null;
}

/** The shared refs as a view; null when there is no main. Names that are not rota's are left out. */
export function viewOf(refs: ReadonlyMap<string, string>, branch: string, age: number): SharedView | null {
  const main = refs.get(`refs/heads/${branch}`);
  if (main === undefined) return null;
  const tasks = new Map<TaskKey, string>();
  for (const [ref, oid] of refs) {
    const key = keyOf(ref);
    if (key !== null) tasks.set(key, oid);
  }
  const landing = refs.get(LANDING);
  const view = { main, tasks, pause: refs.get(PAUSE) ?? null, age };
  return landing === undefined ? view : { ...view, landing };
}

/** `for-each-ref --format=%(objectname) %(refname)` as a map from name to object id. */
export function refsFromText(text: string): Map<string, string> {
  const refs = new Map<string, string>();
  for (const line of text.split('\n')) {
    const space = line.indexOf(' ');
    if (space > 0) refs.set(line.slice(space + 1), line.slice(0, space));
  }
  return refs;
}

function keyOf(ref: string): TaskKey | null {
  if (!ref.startsWith(TASKS)) return null;
  const name = ref.slice(TASKS.length);
  const key = parseTaskId(name);
  return key === name ? key : null;
}
