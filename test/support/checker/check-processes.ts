import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';

/** Processes to look for. */
export interface Processes {
  /** HOME of everything that was started: tells these processes from other people's. */
  readonly home: string;
  /** Process groups of which nothing may live: pid of the leader -> its start by the kernel's clock. */
  readonly groups?: ReadonlyMap<number, string>;
  /** What ends by itself, because its parent has, may take so many milliseconds. */
  readonly patience?: number;
}

/** Live processes: those whose environment has this HOME, and those of the groups. */
export async function checkProcesses(wanted: Processes): Promise<string[]> {
  const end = performance.now() + (wanted.patience ?? 5_000);
  let found = look(wanted);
  while (found.length > 0 && performance.now() < end) {
    await setTimeout(50);
    found = look(wanted);
  }
  return found;
}

function look({ home, groups = new Map() }: Processes): string[] {
  const wrong: string[] = [];
  for (const pid of readdirSync('/proc').filter((name) => /^[0-9]+$/.test(name))) {
    const stat = read(`/proc/${pid}/stat`);
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (stat === '' || 'ZX'.includes(fields[0]!)) continue;
    const environment = read(`/proc/${pid}/environ`).split('\0');
    const run = environment.find((entry) => entry.startsWith('ROTA_RUN='));
    if (!environment.includes(`HOME=${home}`) && !isOf(groups, Number(fields[2]))) continue;
    const command = read(`/proc/${pid}/cmdline`).replaceAll('\0', ' ').slice(0, 500).trim();
    wrong.push(`Process ${pid} still runs (${run ?? `no run, group ${fields[2]}`}): ${command}.`);
  }
  return wrong;
}

/** A group's number is free again once nothing of it lives: then its leader is another process. */
function isOf(groups: ReadonlyMap<number, string>, group: number): boolean {
  const start = groups.get(group);
  const leader = read(`/proc/${group}/stat`);
  if (start === undefined || leader === '') return start !== undefined;
  return leader.slice(leader.lastIndexOf(')') + 2).split(' ')[19] === start;
}

function read(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}
