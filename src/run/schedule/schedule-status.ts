import { dueAfter } from '../../plan/overdue.ts';
import type { Place, Planned } from '../../schedule/planned.ts';
import { startScriptOf } from '../../schedule/start-script.ts';
import { paceInWords } from '../../task/pace.ts';
import type { Project } from '../project/project.ts';
import { readLastWorked } from './last-worked.ts';
import { machineZone } from './machine-zone.ts';
import { readUsers } from './start-files.ts';

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

export interface ScheduleStatus {
  /** What starts the roles on this machine, and since when it was installed like this; null: nothing of rota's. */
  readonly installed: { readonly for: readonly string[]; readonly since: string } | null;
  readonly roles: readonly RoleSchedule[];
}

/**
 * When each role worked last on this machine, how that ended, and whether it should have worked again since. For one that never
 * did, since its schedule was installed.
 */
export async function readScheduleStatus(
  { system, repository }: Project,
  place: Place,
  planned: readonly Planned[],
): Promise<ScheduleStatus> {
  const now = system.clock.now();
  const users = await readUsers(system, place);
  const facts = users === null ? null : await system.files.facts(startScriptOf(place));
  const since = facts === null ? null : new Date(facts.mtimeMs);
  const roles = planned.map(async ({ role, pace, timeZone }) => {
    const last = await readLastWorked(system, repository, role);
    const { due, overdue } = dueAfter(pace, timeZone ?? machineZone(), last?.at ?? since, now);
    return {
      role,
      pace: paceInWords(pace),
      last: last?.at.toISOString() ?? null,
      outcome: last?.outcome ?? null,
      task: last?.task ?? null,
      due: due?.toISOString() ?? null,
      overdue,
    };
  });
  return {
    installed: since === null ? null : { for: users ?? [], since: since.toISOString() },
    roles: await Promise.all(roles),
  };
}
