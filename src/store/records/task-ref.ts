import type { TaskKey } from '../../task/task.ts';

/** The ref that holds a task's record. A key is canonical and safe in a ref name (task/id.ts). */
export function taskRef(key: TaskKey): string {
  return `refs/rota/tasks/${key}`;
}
