import type { PickFacts } from './pick-facts.ts';

/** Which of several tasks that are equal but for their id a worker takes. */
export interface Spread {
  /** Of how many, by their ids, it takes one. */
  readonly width: number;
  /** Which of them: from 0 up to 1. */
  readonly fraction: number;
}

/** A worker that has nobody to race with takes the first. */
export const FIRST: Spread = { width: 1, fraction: 0 };

/** So many for each worker elsewhere: one of them may take its next task at this moment. */
const EACH = 4;
/** After the first lost race, and so many times more after each other one. */
const LOST = 8;
const MOST = 256;

/**
 * Workers of one machine queue, those of different machines race: if each took the first task, all but one would lose each time.
 * So where others hold locks, and after a lost race, one of the next few is taken.
 *
 * @param lost races that this claim has lost so far
 * @param fraction a random number from 0 up to 1
 */
export function spreadOf(
  { records, liveness }: Pick<PickFacts, 'records' | 'liveness'>,
  lost: number,
  fraction: number,
): Spread {
  // Whether a lock is alive is known of this machine's workers only.
  const elsewhere = [...records].filter(
    ([key, { record }]) => record !== null && record.lock !== null && liveness(key) === 'unknown',
  ).length;
  const width = Math.max(1 + EACH * elsewhere, lost === 0 ? 1 : LOST ** lost);
  return { width: Math.min(MOST, width), fraction };
}
