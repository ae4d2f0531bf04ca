import { execFile } from 'node:child_process';
import { setTimeout } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { Arena, Site } from './make-arena.ts';
import type { RotaProcess } from './rota-processes.ts';

const run = promisify(execFile);

/** A task that a killed worker held. */
export interface Freed {
  readonly task: string;
  readonly run: string;
  readonly site: string;
  /** Milliseconds from the kill until its lock was seen to be gone; null: it never was. */
  milliseconds: number | null;
  /** Sweeps that began after the kill, ran to their end undisturbed, and left the lock. */
  sweepsThatLeftIt: number;
}

/** Watches the locks of the dead, from their kills until they are gone. */
export interface LockWatch {
  /** To be called right after a kill. */
  died(process: RotaProcess, at: number): Promise<void>;
  /** To be called when a sweep has ended in good order. */
  swept(process: RotaProcess): Promise<void>;
  readonly freed: readonly Freed[];
  stop(): Promise<void>;
}

/** What must not be, in words. */
export function notFreed(freed: readonly Freed[]): string[] {
  return freed.flatMap(({ task, run, site, milliseconds, sweepsThatLeftIt }) => [
    ...(milliseconds === null ? [`${site}: the lock of ${task} by run ${run} was never freed.`] : []),
    ...(sweepsThatLeftIt > 0
      ? [`${site}: ${sweepsThatLeftIt} whole sweeps after the kill left the lock of ${task} by run ${run}.`]
      : []),
  ]);
}

interface Lock {
  readonly task: string;
  readonly run: string;
  readonly pid: number;
  readonly started: string;
}

const PAUSE = 60;

export function lockWatch(arena: Arena): LockWatch {
  const freed: Freed[] = [];
  const open = new Map<Freed, { site: Site; at: number }>();
  const known = new Map<string, Lock | null>();
  let stopped = false;

  const read = async (site: Site): Promise<Lock[]> => {
    const format = '--format=%(objectname) %(refname:lstrip=3)';
    const git = async (...args: string[]) =>
      (await run('git', args, { cwd: site.shared, env: arena.env, maxBuffer: 1 << 28 })).stdout;
    const locks: Lock[] = [];
    for (const line of (await git('for-each-ref', format, 'refs/rota/tasks/')).split('\n')) {
      const [token = '', task = ''] = line.split(' ');
      if (token === '') continue;
      if (!known.has(token))
        known.set(token, lockIn(task, await git('cat-file', 'blob', `${token}:record.yaml`)));
      const lock = known.get(token) ?? null;
      if (lock !== null) locks.push(lock);
    }
    return locks;
  };

  const look = async () => {
    for (const site of new Set([...open.values()].map((entry) => entry.site))) {
      const runs = new Set((await read(site)).map((lock) => lock.run));
      const now = performance.now();
      for (const [entry, { site: its, at }] of open)
        if (its === site && !runs.has(entry.run)) {
          entry.milliseconds = now - at;
          open.delete(entry);
        }
    }
  };
  const looking = (async () => {
    while (!stopped) {
      if (open.size > 0) await look();
      await setTimeout(PAUSE);
    }
  })();

  return {
    freed,
    died: async ({ site, pid, start }, at) => {
      for (const lock of await read(site)) {
        if (lock.pid !== pid || lock.started !== start) continue;
        const entry = {
          task: lock.task,
          run: lock.run,
          site: site.name,
          milliseconds: null,
          sweepsThatLeftIt: 0,
        };
        freed.push(entry);
        open.set(entry, { site, at });
      }
    },
    swept: async ({ site, began }) => {
      const older = [...open].filter(([, { site: its, at }]) => its === site && at < began);
      if (older.length === 0) return;
      const runs = new Set((await read(site)).map((lock) => lock.run));
      for (const [entry] of older) if (runs.has(entry.run)) entry.sweepsThatLeftIt += 1;
    },
    stop: async () => {
      stopped = true;
      await looking;
      await look();
    },
  };
}

function lockIn(task: string, yaml: string): Lock | null {
  const value = (key: string) => new RegExp(`^  ${key}: "?([^"\\n]*)"?$`, 'm').exec(yaml)?.[1] ?? '';
  if (!/^lock:\s*$/m.test(yaml)) return null;
  return { task, run: value('run'), pid: Number(value('pid')), started: value('started') };
}
