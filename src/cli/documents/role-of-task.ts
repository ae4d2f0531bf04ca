import type { Role } from '../../role/role.ts';
import type { Task } from '../../task/task.ts';

/** The role that takes a task: the one it names, else the only one that takes its type; null: none, or several. */
export function roleOfTask(task: Task, roles: readonly Role[]): string | null {
  if (task.role !== null) return task.role;
  if (task.type === 'epic') return null;
  const takers = roles.filter((role) => role.takes.type.includes(task.type));
  return takers.length === 1 ? takers[0]!.name : null;
}
