import { readdirSync, readFileSync } from 'node:fs';

/** A process as /proc shows it. */
export interface SeenProcess {
  readonly pid: number;
  readonly command: string;
  /** It was started by a run's agent, gate or setup. */
  readonly run: boolean;
}

/** Processes whose environment has this text: what was started in an arena has the arena's folder there. */
export function processesWith(text: string): SeenProcess[] {
  return readdirSync('/proc')
    .filter((name) => /^[0-9]+$/.test(name) && read(`/proc/${name}/environ`).includes(text))
    .filter((name) => !/^\d+ \(.*\) [ZX] /.test(read(`/proc/${name}/stat`)))
    .map((name) => ({
      pid: Number(name),
      command: read(`/proc/${name}/cmdline`).replaceAll('\0', ' ').trim().slice(0, 200),
      run: read(`/proc/${name}/environ`).includes('\0ROTA_RUN='),
    }));
}

/** SIGKILL for each; one that has gone meanwhile is no matter. */
export function endAll(processes: readonly SeenProcess[]): void {
  for (const { pid } of processes) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
    }
  }
}

export interface Cost {
  /** Bytes, the most that was resident at any time. */
  readonly peak: number;
  /** Bytes resident now. */
  readonly resident: number;
  /** Milliseconds of processor time, its own, without that of its children. */
  readonly cpu: number;
}

/** What a process has cost so far; null: it is gone. */
export function costOf(pid: number): Cost | null {
  const status = read(`/proc/${pid}/status`);
  const stat = read(`/proc/${pid}/stat`);
  const bytes = (key: string) =>
    Number(new RegExp(`^${key}:\\s+(\\d+) kB`, 'm').exec(status)?.[1] ?? 0) * 1024;
  if (stat === '' || bytes('VmRSS') === 0) return null;
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  // utime and stime, in ticks of 10 ms.
  return {
    peak: bytes('VmHWM'),
    resident: bytes('VmRSS'),
    cpu: (Number(fields[11]) + Number(fields[12])) * 10,
  };
}

function read(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}
