import { dirname, join } from 'node:path';
import type { System } from '../../system/ports.ts';

/** A git older than this is no switch of branch that only has to name the new one: a pager, an editor. Milliseconds. */
const YOUNG = 10_000;
/** So long it is waited for; only progress rests on it. Milliseconds. */
const PATIENCE = 4_000;
/** Unit of start times in /proc, in milliseconds. */
const TICK = 10;

/**
 * Waits for gits that people have just started in these checkouts. `git switch` reads the branch that it goes to at its
 * beginning and names it in HEAD as the very last step, when the index is free again: in between nothing but the process
 * itself tells of it. Where processes cannot be looked at, nothing is waited for.
 */
export async function awaitSwitches(system: System, checkouts: readonly string[]): Promise<void> {
  const { clock, processTable } = system;
  if (checkouts.length === 0) return;
  let running = await youngGits(system, checkouts);
  for (const begun = clock.monotonic(); running.length > 0 && clock.monotonic() - begun < PATIENCE; ) {
    await clock.wait(5);
    const facts = await Promise.all(running.map((pid) => processTable.facts(pid)));
    running = running.filter((_, n) => facts[n]?.kind === 'alive');
  }
}

async function youngGits({ files }: System, checkouts: readonly string[]): Promise<number[]> {
  const uptime = Number((await textOf(() => files.readIfThere('/proc/uptime'))).split(' ')[0]) * 1000;
  const found: number[] = [];
  const isYoungGit = async (pid: string): Promise<boolean> => {
    if ((await textOf(() => files.readIfThere(`/proc/${pid}/comm`))).trim() !== 'git') return false;
    const stat = await textOf(() => files.readIfThere(`/proc/${pid}/stat`));
    const started = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]) * TICK;
    if (!(uptime - started < YOUNG)) return false;
    const command = await textOf(() => files.readIfThere(`/proc/${pid}/cmdline`));
    // Rota's own, of another process.
    return !command.split('\0').includes('--no-optional-locks');
  };
  const look = async (pid: string) => {
    if (!(await isYoungGit(pid))) return;
    const folder = await files.readLink(`/proc/${pid}/cwd`).catch(() => '/');
    const root = await checkoutAround(folder);
    if (root !== null && checkouts.includes(root)) found.push(Number(pid));
  };
  const checkoutAround = async (folder: string): Promise<string | null> => {
    for (let at = folder; at !== dirname(at); at = dirname(at))
      if ((await files.facts(join(at, '.git'))) !== null) return at;
    return null;
  };
  const pids = (await files.list('/proc')).map((entry) => entry.name).filter((name) => /^\d+$/.test(name));
  await Promise.all(pids.map(look));
  return found;
}

/** Empty: it is gone, or not for us to look at. */
async function textOf(read: () => Promise<Buffer | null>): Promise<string> {
  try {
    return (await read())?.toString('latin1') ?? '';
  } catch (error) {
    if (['ESRCH', 'EACCES', 'EPERM'].includes((error as NodeJS.ErrnoException).code ?? '')) return '';
    throw error;
  }
}
