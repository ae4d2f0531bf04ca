import type { Pace } from '../../../src/config.ts';
import type { Place, Planned } from '../../../src/schedule/planned.ts';
import { parsePace } from '../../../src/task/pace.ts';

/** A pace from its text. */
export function pace(text: string): Pace {
  const found = parsePace(text);
  if (found === null) throw new Error(`${text} is no pace`);
  return found;
}

export function planned(role: string, text: string, timeZone: string | null = null): Planned {
  return { role, pace: pace(text), timeZone, args: ['run', role] };
}

/** A place with everything that makes quoting hard. */
export const HARD: Place = {
  name: 'my-shop-1a2b3c4d',
  folder: "/home/pat/it's 100% $HOME & <more>",
  rota: ['/usr/bin/node', '/opt/ro ta/dist/rota.js'],
  path: '/home/pat/.n vm/bin:/usr/bin',
  variables: {},
  home: '/home/pat',
  logs: '/home/pat/.local/state/rota/my-shop-1a2b3c4d',
  envFile: '/home/pat/.config/rota/my-shop-1a2b3c4d/env',
};

export const ALL: readonly Planned[] = [
  planned('developer', 'every 20m'),
  planned('tester', 'every 1h'),
  planned('pm', '30 2 * * 1-5', 'Europe/Berlin'),
  planned('architect', '@weekly'),
  planned('sweeper', '10m'),
];
