import { dueAfter } from '../../plan/overdue.ts';
import type { Planned } from '../../schedule/planned.ts';
import { paceInWords } from '../../task/pace.ts';
import type { Project } from '../project/project.ts';
import { readLastWorked } from './last-worked.ts';

/** How a role's regular work stands on this machine. */
export interface RoleSchedule {
  readonly role: string;
  /** As rota.yaml would say it. */
  readonly pace: string;
  /** When it worked last on this machine, whoever started it; null: never. */
  readonly last: string | null;
  readonly outcome: string | null;
  readonly task: string | null;
  readonly due: string | null;
  readonly overdue: boolean;
}

/** When each role worked last on this machine, how that ended, and whether it should have worked again since. */
export async function readScheduleStatus(
  { system, repository }: Project,
  planned: readonly Planned[],
): Promise<RoleSchedule[]> {
  const now = system.clock.now();
  const machineZone = new Intl.DateTimeFormat().resolvedOptions().timeZone;
  return Promise.all(
    planned.map(async ({ role, pace, timeZone }) => {
      const last = await readLastWorked(system, repository, role);
      const { due, overdue } = dueAfter(pace, timeZone ?? machineZone, last?.at ?? null, now);
      return {
        role,
        pace: paceInWords(pace),
        last: last?.at.toISOString() ?? null,
        outcome: last?.outcome ?? null,
        task: last?.task ?? null,
        due: due?.toISOString() ?? null,
        overdue,
      };
    }),
  );
}
