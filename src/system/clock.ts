import type { Clock } from './ports.ts';

/** The real clock. */
export function realClock(): Clock {
  return {
    now: () => new Date(),
    // The system's own clock: the same for every process of one boot, as watching locks between runs needs it.
    monotonic: () => Number(process.hrtime.bigint() / 1000n) / 1000,
    wait: (ms, signal) =>
      new Promise((resolve) => {
        if (signal?.aborted) return resolve();
        const done = () => {
          clearTimeout(timer);
          signal?.removeEventListener('abort', done);
          resolve();
        };
        const timer = setTimeout(done, ms);
        signal?.addEventListener('abort', done, { once: true });
      }),
  };
}
