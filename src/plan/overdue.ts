import type { Pace } from '../config.ts';
import { nextOccurrence } from '../task/repeat.ts';

/** What a scheduler may be late by without anybody being to blame: GitHub alone is often a quarter of an hour. */
const GRACE = 20 * 60_000;

export interface Due {
  /** When the role should work next, counted from its last time; null: nobody knows since when it should. */
  readonly due: Date | null;
  /** It should have worked long ago: nothing starts it, or it cannot end. */
  readonly overdue: boolean;
}

/**
 * Whether a role's regular work is overdue.
 *
 * @param timeZone of a cron expression
 * @param since when it worked last, or when its schedule was installed; null: neither
 */
export function dueAfter(pace: Pace, timeZone: string, since: Date | null, now: Date): Due {
  if (since === null) return { due: null, overdue: false };
  const due = nextOccurrence(pace, since, timeZone);
  return { due, overdue: now.getTime() > due.getTime() + GRACE };
}
