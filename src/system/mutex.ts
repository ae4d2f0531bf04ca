import { setTimeout } from 'node:timers/promises';
import { lock } from 'proper-lockfile';
import type { Files } from './ports.ts';
import { joinLine, untilChanged, type WaitingLine } from './waiting-line.ts';

/** A holder that has not shown itself for so long is dead, or has stalled: the next one goes on. Milliseconds. */
const STALE = 3_000;
/**
 * Milliseconds between two looks: of the first in line at a lock whose holder is not in the line any more, of the others at who is
 * before them. A holder stays in line until it has let go, so the first one seldom looks twice.
 */
const LOOK = { first: 50, others: 500 };

/**
 * A queue between processes of one machine, on proper-lockfile, first come, first served. It saves work and proves nothing:
 * after a stall two may hold it (measured), so everything inside must be safe without it.
 *
 * @param target a file below rota's own folder; created when missing
 * @param patience milliseconds after which `late` runs, without the queue
 * @param late default: the action itself
 */
export async function inQueue<T>(
  files: Files,
  target: string,
  patience: number,
  action: () => Promise<T>,
  late: () => Promise<T> = action,
): Promise<T> {
  const line = await joinLine(files, `${target}.line`);
  let release: Release | null = null;
  try {
    await files.append(target, '');
    release = await waitForTurn(line, target, patience);
    if (release !== null) return await action();
  } finally {
    // What was done inside counts, whatever stays behind here: others take it for dead after a while.
    await release?.().catch(() => undefined);
    await line.leave().catch(() => undefined);
  }
  return late();
}

type Release = () => Promise<void>;

/** Null: the patience is at its end. */
async function waitForTurn(line: WaitingLine, target: string, patience: number): Promise<Release | null> {
  // Measured as time: where everything is slow, a number of tries takes any time.
  const start = performance.now();
  for (;;) {
    const before = await line.before();
    const release = before === null ? await tryLock(target) : null;
    const left = patience - (performance.now() - start);
    if (release !== null || left <= 0) return release;
    if (before === null) await setTimeout(LOOK.first);
    else await untilChanged(before, Math.min(LOOK.others, left));
  }
}

/** Null: somebody else holds it. */
async function tryLock(target: string): Promise<Release | null> {
  const options = { stale: STALE, update: 1_000, retries: 0, onCompromised: () => undefined };
  return lock(target, options).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ELOCKED') return null;
    throw error;
  });
}
