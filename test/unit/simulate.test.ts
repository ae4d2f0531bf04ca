import { expect, test } from 'vitest';
import { simulate } from '../simulate/simulate.ts';
import { MINUTE, USUAL } from '../simulate/wish.ts';

const SMALL = { ...USUAL, machines: 3, workers: 2, tasks: 24, gate: 20_000 };

test('a fleet lands every task exactly once, and the same seed does the same', async () => {
  const first = await simulate(SMALL);
  expect(first).toMatchObject({ twice: 0, missing: 0 });
  expect(first.tally.landings).toBe(24);
  const again = await simulate(SMALL);
  expect({ took: again.took, trips: again.trips }).toEqual({ took: first.took, trips: first.trips });
  expect((await simulate({ ...SMALL, seed: 2 })).took).not.toBe(first.took);
});

test('a machine that vanishes: its tasks are free within the lease and two sweeps, and land once', async () => {
  const { tally, twice, missing } = await simulate({ ...SMALL, vanish: 2 });
  expect({ twice, missing }).toEqual({ twice: 0, missing: 0 });
  expect(tally.vanished.size).toBe(2);
  expect(tally.recoveries.length).toBeGreaterThan(0);
  // Seen first at the next sweep, 15 minutes unchanged by then, looked at again at the sweep after that.
  for (const after of tally.recoveries) {
    expect(after).toBeGreaterThanOrEqual(10 * MINUTE);
    expect(after).toBeLessThanOrEqual((15 + 2 * 10 + 1) * MINUTE);
  }
});

test('a remote that is down for longer than the lease: nothing lands twice, everything lands in the end', async () => {
  const outage = { from: 5 * MINUTE, to: 45 * MINUTE };
  expect(await simulate({ ...SMALL, outage })).toMatchObject({ twice: 0, missing: 0 });
});

test('main takes about one landing in the time of its gate: machines take turns, and hardly a gate runs in vain', async () => {
  const short = await simulate({ ...SMALL, gate: 1000 });
  const long = await simulate({ ...SMALL, gate: 3 * MINUTE });
  for (const { tally } of [short, long]) expect(tally.gates / tally.landings).toBeLessThan(1.2);
  expect(long.took).toBeGreaterThan(24 * 3 * MINUTE);
  expect(short.took).toBeLessThan(24 * 3 * MINUTE);
});
