import type { TaskRecord } from './record.ts';

const SHORTEST = 60_000;
const LONGEST = 60 * 60_000;

/**
 * When a task may be tried again after a failure of the surroundings: 1 minute, then twice as long each time, 60
 * minutes at most; `random` (0 to below 1) adds up to a quarter. The last wait is read back from the record: from its
 * last note, if that is a failure, to `not-before`.
 */
export function nextBackoff(before: TaskRecord, now: Date, random: number): string {
  const wait = Math.min(LONGEST, Math.max(SHORTEST, 2 * lastWait(before)) * (1 + random / 4));
  return new Date(now.getTime() + wait).toISOString();
}

function lastWait({ notes, notBefore }: TaskRecord): number {
  const last = notes.at(-1);
  if (last?.outcome !== 'failed' || notBefore === null) return 0;
  const wait = Date.parse(notBefore) - Date.parse(last.at);
  return Number.isFinite(wait) ? wait : 0;
}
