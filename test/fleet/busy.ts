import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';

/** How busy the processors were for a while: shares of all that they could have done. */
export interface Busy {
  readonly processors: number;
  /** Whoever kept them busy: on a machine that others use too, not only the fleet. Null: not known here. */
  readonly share: number | null;
}

/** Begins to look; the answer says what was since then. */
export function readBusy(): () => Busy {
  const before = jiffies();
  return () => {
    const after = jiffies();
    const processors = availableParallelism();
    if (before === null || after === null) return { processors, share: null };
    const all = after.all - before.all;
    return { processors, share: all === 0 ? null : 1 - (after.idle - before.idle) / all };
  };
}

function jiffies(): { all: number; idle: number } | null {
  try {
    const fields = readFileSync('/proc/stat', 'latin1')
      .split('\n')[0]!
      .trim()
      .split(/\s+/)
      .slice(1, 9)
      .map(Number);
    return { all: fields.reduce((sum, one) => sum + one, 0), idle: fields[3]! + fields[4]! };
  } catch {
    return null;
  }
}
