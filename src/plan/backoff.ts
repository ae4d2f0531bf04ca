import type { TaskRecord } from './record.ts';

const SHORTEST = 60_000;
const LONGEST = 60 * 60_000;
/** Whatever a server says: a week later somebody looks again. */
const LONGEST_KNOWN = 7 * 24 * 60 * 60_000;

/**
 * When a task may be tried again after a failure of the surroundings: 1 minute, then twice as long each time, 60
 * minutes at most; `random` (0 to below 1) adds up to a quarter. The last wait is read back from the record: from its
 * last note, if that is a failure, to `not-before`.
 *
 * @param least when it makes sense at the earliest, as a client or a budget said; null: nobody knows
 */
export function nextBackoff(
  before: TaskRecord,
  now: Date,
  random: number,
  least: string | null = null,
): string {
  const wait = Math.min(LONGEST, Math.max(SHORTEST, 2 * lastWait(before)) * (1 + random / 4));
  const known = least === null ? 0 : Math.min(Date.parse(least) - now.getTime(), LONGEST_KNOWN);
  return new Date(now.getTime() + Math.max(wait, Number.isNaN(known) ? 0 : known)).toISOString();
}

function lastWait({ notes, notBefore }: TaskRecord): number {
  const last = notes.at(-1);
  if (last?.outcome !== 'failed' || notBefore === null) return 0;
  const wait = Date.parse(notBefore) - Date.parse(last.at);
  // A longer one was somebody's word, and says nothing about how often it failed.
  return Number.isFinite(wait) && wait <= LONGEST * 1.25 ? wait : 0;
}
