/** Milliseconds of processor time (not of the clock: others may use the machine) that `step` takes at its best of three. */
export function cpuMilliseconds(step: () => void): number {
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < 3 && best > QUICK; round += 1) {
    const start = process.cpuUsage();
    step();
    const { user, system } = process.cpuUsage(start);
    best = Math.min(best, (user + system) / 1000);
  }
  return best;
}

/** Below this there is no need to measure again. */
const QUICK = 20;
