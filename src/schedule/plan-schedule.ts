import type { Pace, ScheduleConfig } from '../config.ts';
import type { Role } from '../role/role.ts';
import { parsePace } from '../task/pace.ts';
import type { Planned } from './planned.ts';

/** For the shipped roles; another role works every hour. */
const PACES: Readonly<Record<string, string>> = {
  developer: 'every 20m',
  tester: 'every 1h',
  pm: '0 2 * * *',
  architect: '0 3 * * *',
  sweeper: 'every 10m',
};
const OTHERS = 'every 1h';

/**
 * What is to run, in the order of the roles: what rota.yaml's `schedule` says, else the defaults. A role that is `never` is
 * left out.
 */
export function planSchedule(roles: readonly Role[], { timeZone, entries }: ScheduleConfig): Planned[] {
  return roles.flatMap(({ name }) => {
    const entry = Object.hasOwn(entries, name) ? entries[name] : undefined;
    if (entry === 'never') return [];
    const pace = entry?.pace ?? paceOf(Object.hasOwn(PACES, name) ? PACES[name]! : OTHERS);
    const agent = entry?.agent ?? null;
    const args = ['run', name, ...(agent === null ? [] : ['--agent', agent])];
    return [{ role: name, pace, timeZone, args }];
  });
}

function paceOf(text: string): Pace {
  const pace = parsePace(text);
  if (pace === null) throw new Error(`${text} is no pace`);
  return pace;
}
