const MOST = 3_000;
const LEAST = 500;
/** Who has waited for so long looks most often. */
const OLD = 120_000;

/**
 * How long to wait before the turn to land is looked at again, in milliseconds: each look costs the remote something, and the
 * longer one has waited the more often one looks, so that whoever came first is likely to be next.
 *
 * @param waited milliseconds so far
 * @param fraction a random number from 0 up to 1: half more or less
 */
export function turnPause(waited: number, fraction: number): number {
  return Math.max(LEAST, MOST * (1 - waited / OLD)) * (0.5 + fraction);
}
