import { readLiveness } from '../project/liveness.ts';
import type { Project } from '../project/project.ts';
import { readSnapshot } from '../project/snapshot.ts';
import type { SweepReport } from '../sweep/sweep-report.ts';
import { sweepWhile } from '../sweep/sweep-while.ts';

/** A lock of another machine is dead when this one saw it unchanged for 15 minutes. */
const LONG_ENOUGH = 16 * 60_000;

/**
 * The sweep of a machine that remembers nothing: it watches the locks of other machines that it finds, until each of them was
 * renewed, given back, or freed as dead. Where there are none it is over at once.
 */
export async function sweepForFleet(project: Project, stop: AbortSignal): Promise<SweepReport> {
  let first: ReadonlySet<string> | null = null;
  return sweepWhile(project, { dryRun: false, discard: null, stop }, LONG_ENOUGH, async () => {
    const now = await standing(project);
    first ??= now;
    return ![...first].some((token) => now.has(token));
  });
}

/** Tokens of the locks whose workers cannot be seen from here. */
async function standing(project: Project): Promise<ReadonlySet<string>> {
  const { records } = await readSnapshot(project, false);
  const liveness = await readLiveness(project, records);
  const unknown = [...records].filter(([key]) => liveness.get(key) === 'unknown');
  return new Set(unknown.map(([, { token }]) => token));
}
