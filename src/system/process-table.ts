import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import type { ProcessFacts, ProcessTable } from './ports.ts';

/**
 * What the operating system says about processes. Linux: /proc. Elsewhere: `ps` for life and start time; finding a run's
 * processes by environment is not possible there, and the process group has to do.
 */
export function realProcessTable(platform: NodeJS.Platform): ProcessTable {
  return {
    facts: platform === 'linux' ? factsFromProc : factsFromPs,
    ofRun: platform === 'linux' ? ofRunFromProc : async () => [],
    runs: platform === 'linux' ? runsFromProc : async () => new Set(),
    signal: (pid, signal, group) => {
      try {
        process.kill(group ? -pid : pid, signal);
      } catch (error) {
        const code = (error as NodeJS.ErrnoException).code;
        if (code !== 'ESRCH' && code !== 'EPERM') throw error;
      }
    },
  };
}

/** Start time is field 22 of /proc/PID/stat, in clock ticks since boot: with the pid it names one process of this boot. */
async function factsFromProc(pid: number): Promise<ProcessFacts> {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, 'latin1');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    // A zombie has ended; only its parent has not asked yet.
    if (fields[0] === 'Z' || fields[0] === 'X') return { kind: 'gone' };
    return { kind: 'alive', started: fields[19] ?? '' };
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    return code === 'ENOENT' || code === 'ESRCH' ? { kind: 'gone' } : { kind: 'unreadable' };
  }
}

async function factsFromPs(pid: number): Promise<ProcessFacts> {
  try {
    const { stdout } = await promisify(execFile)('ps', ['-o', 'lstart=', '-p', String(pid)]);
    return stdout.trim() === '' ? { kind: 'gone' } : { kind: 'alive', started: stdout.trim() };
  } catch (error) {
    return (error as { code?: unknown }).code === 1 ? { kind: 'gone' } : { kind: 'unreadable' };
  }
}

async function ofRunFromProc(run: string): Promise<number[]> {
  const pids: number[] = [];
  for await (const { pid, runs } of markedProcesses())
    if (runs.includes(run) && (await factsFromProc(pid)).kind === 'alive') pids.push(pid);
  return pids;
}

async function runsFromProc(): Promise<Set<string>> {
  const named = new Set<string>();
  for await (const { pid, runs } of markedProcesses())
    if ((await factsFromProc(pid)).kind === 'alive') for (const run of runs) named.add(run);
  return named;
}

/** Processes whose environment can be read and has a ROTA_RUN. */
async function* markedProcesses(): AsyncGenerator<{ pid: number; runs: string[] }> {
  for (const name of await readdir('/proc')) {
    const pid = Number(name);
    if (!Number.isInteger(pid) || pid === process.pid) continue;
    const environ = await readFile(`/proc/${name}/environ`, 'latin1').catch(() => '');
    const value = environ.split('\0').find((entry) => entry.startsWith('ROTA_RUN='));
    if (value !== undefined) yield { pid, runs: value.slice('ROTA_RUN='.length).split(':') };
  }
}
