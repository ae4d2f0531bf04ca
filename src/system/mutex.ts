import { setTimeout } from 'node:timers/promises';
import { lock } from 'proper-lockfile';
import type { Files } from './ports.ts';

/** A holder that has not shown itself for so long is dead, or has stalled: the next one goes on. Milliseconds. */
const STALE = 3_000;
/** Between two tries, at random: everybody has the same chance, and many who wait leave the processors to who works. */
const PAUSE = { least: 15, spread: 70 };

/**
 * A queue between processes of one machine, on proper-lockfile. It saves work and proves nothing: after a stall two may
 * hold it (measured), so everything inside must be safe without it.
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
  await files.append(target, '');
  // Measured as time: where everything is slow, a number of tries takes any time.
  const deadline = performance.now() + patience;
  let release = await tryLock(target);
  while (release === null && performance.now() < deadline) {
    await setTimeout(PAUSE.least + Math.random() * PAUSE.spread);
    release = await tryLock(target);
  }
  if (release === null) return late();
  try {
    return await action();
  } finally {
    await release().catch(() => undefined);
  }
}

/** Null: somebody else holds it. */
async function tryLock(target: string): Promise<(() => Promise<void>) | null> {
  const options = { stale: STALE, update: 1_000, retries: 0, onCompromised: () => undefined };
  return lock(target, options).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ELOCKED') return null;
    throw error;
  });
}
