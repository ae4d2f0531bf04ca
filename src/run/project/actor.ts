import type { RotaEvent } from '../../events.ts';
import type { Role } from '../../role/role.ts';
import type { Task } from '../../task/task.ts';
import type { Project } from './project.ts';

/** Sends an event with its origin. */
export function send(
  project: Project,
  origin: { role: string | null; task: string | null; run: string | null },
  event: RotaEvent,
): void {
  project.emit({ at: project.system.clock.now(), ...origin, event });
}

/** Origin of a run's events. */
export function originOf(
  run: string,
  role: Role,
  task: Task | null,
): { role: string; task: string | null; run: string } {
  return { role: role.name, task: task?.id ?? null, run };
}
