import { setTimeout } from 'node:timers/promises';
import { lock } from 'proper-lockfile';
import type { Files } from './ports.ts';
import { joinLine } from './waiting-line.ts';

/** A holder that has not shown itself for so long is dead, or has stalled: the next one goes on. Milliseconds. */
const STALE = 3_000;
/** Between two looks, in milliseconds, for each place in the line: only the first one has to look often. */
const PAUSE = { each: 5, most: 100 };

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
  const release = await waitForTurn(files, target, patience);
  if (release === null) return late();
  try {
    return await action();
  } finally {
    await release().catch(() => undefined);
  }
}

type Release = () => Promise<void>;

/** Null: the patience is at its end. */
async function waitForTurn(files: Files, target: string, patience: number): Promise<Release | null> {
  // Measured as time: where everything is slow, a number of tries takes any time.
  const start = performance.now();
  const line = await joinLine(files, `${target}.line`);
  try {
    await files.append(target, '');
    for (;;) {
      const ahead = await line.ahead();
      const release = ahead === 0 ? await tryLock(target) : null;
      if (release !== null || performance.now() - start >= patience) return release;
      await setTimeout(Math.min(PAUSE.each * (ahead + 1), PAUSE.most));
    }
  } finally {
    await line.leave();
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
