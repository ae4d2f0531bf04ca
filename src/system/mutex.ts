import { lock } from 'proper-lockfile';
import type { Files } from './ports.ts';

/**
 * A queue between processes of one machine, on proper-lockfile. It saves work and proves nothing: after a stall two may
 * hold it (measured), so everything inside must be safe without it.
 *
 * @param target a file below rota's own folder; created when missing
 * @param patience milliseconds after which `action` runs without the queue
 */
export async function inQueue<T>(
  files: Files,
  target: string,
  patience: number,
  action: () => Promise<T>,
): Promise<T> {
  await files.append(target, '');
  const release = await lock(target, {
    stale: 5_000,
    update: 1_000,
    retries: {
      retries: Math.max(1, Math.ceil(patience / 25)),
      factor: 1,
      minTimeout: 15,
      maxTimeout: 35,
      randomize: true,
    },
    onCompromised: () => undefined,
  }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ELOCKED') return null;
    throw error;
  });
  try {
    return await action();
  } finally {
    await release?.().catch(() => undefined);
  }
}
