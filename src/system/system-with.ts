import { hostname, userInfo } from 'node:os';
import { realClock } from './clock.ts';
import { realFiles } from './files.ts';
import { realGit } from './git.ts';
import { readMachine } from './machine.ts';
import type { Processes, System } from './ports.ts';
import { realProcessTable } from './process-table.ts';
import { realRandom } from './random.ts';

/** The real outside world of this process, with this door to other programs. */
export function systemWith(processes: Processes): System {
  const variables = process.env;
  return {
    clock: realClock(),
    random: realRandom(),
    processes,
    processTable: realProcessTable(process.platform),
    files: realFiles(),
    git: realGit(processes, variables),
    machine: readMachine(process.pid),
    environment: {
      variables,
      cwd: process.cwd(),
      platform: process.platform,
      by: `${userName(variables)}@${hostname()}`,
    },
  };
}

function userName(variables: Readonly<Record<string, string | undefined>>): string {
  try {
    return userInfo().username;
  } catch {
    return variables['USER'] ?? 'unknown';
  }
}
