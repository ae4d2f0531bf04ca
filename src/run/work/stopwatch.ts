import type { Clock } from '../../system/ports.ts';
import { MEASURED, type Measured } from './run-result.ts';

/** Adds up where a run's time went, in seconds. */
export interface Stopwatch {
  time<T>(part: Measured, action: () => Promise<T>): Promise<T>;
  add(part: Measured, seconds: number): void;
  read(): Record<Measured, number>;
}

export function startStopwatch(clock: Clock): Stopwatch {
  const spent = new Map<Measured, number>();
  const add = (part: Measured, seconds: number) => void spent.set(part, (spent.get(part) ?? 0) + seconds);
  return {
    add,
    time: async (part, action) => {
      const from = clock.monotonic();
      try {
        return await action();
      } finally {
        add(part, (clock.monotonic() - from) / 1000);
      }
    },
    read: () =>
      Object.fromEntries(
        MEASURED.map((part) => [part, Math.round((spent.get(part) ?? 0) * 1000) / 1000]),
      ) as Record<Measured, number>,
  };
}
