import { readFileSync } from 'node:fs';

/** A descendant of a process that was started here. */
export interface Descendant {
  readonly pid: number;
  readonly parent: number;
  readonly argv: readonly string[];
}

/** Children of a process by /proc; empty when it is gone. */
export function childrenOf(pid: number): number[] {
  return read(`/proc/${pid}/task/${pid}/children`)
    .split(' ')
    .filter((name) => name !== '')
    .map(Number);
}

/** Children, their children and so on, with what they run. */
export function descendantsOf(pid: number, depth = 4): Descendant[] {
  if (depth === 0) return [];
  return childrenOf(pid).flatMap((child) => [
    { pid: child, parent: pid, argv: argvOf(child) },
    ...descendantsOf(child, depth - 1),
  ]);
}

/** The command line; empty: it is gone, or it is just being started. */
export function argvOf(pid: number): string[] {
  return read(`/proc/${pid}/cmdline`).split('\0').slice(0, -1);
}

/** Kernel's start time, which with the pid names one process; null: it is gone or has ended. */
export function startOf(pid: number): string | null {
  const stat = read(`/proc/${pid}/stat`);
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return stat === '' || 'ZX'.includes(fields[0]!) ? null : fields[19]!;
}

/** Git's subcommand, without its options; null: not git, or the serving side of a remote. */
export function gitVerb(argv: readonly string[]): string | null {
  if (!/(^|\/)git$/.test(argv[0] ?? '')) return null;
  let at = 1;
  while (at < argv.length && argv[at]!.startsWith('-')) at += argv[at] === '-c' || argv[at] === '-C' ? 2 : 1;
  const verb = argv[at] ?? null;
  return verb === null || /receive-pack|upload-pack/.test(verb) ? null : verb;
}

/** False: the process has ended. */
export function sendSignal(pid: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
    throw error;
  }
}

/** Waits without letting anything else of this process run: for microseconds. */
export function spin(micros: number): void {
  const end = process.hrtime.bigint() + BigInt(Math.round(micros * 1000));
  while (process.hrtime.bigint() < end);
}

function read(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}
