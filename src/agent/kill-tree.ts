import type { System } from '../system/ports.ts';

/** Time that a process group gets to end by itself after SIGTERM, in milliseconds. */
const GRACE = 2_000;
/** A process in an uninterruptible wait does not die; after this long it is named instead of waited for. */
const PATIENCE = 10_000;

/** What is to be ended: a process group (null: unknown, or its number may be another's by now) and a run's processes. */
export interface ProcessTree {
  readonly group: number | null;
  readonly run: string;
}

/**
 * Ends a program with everything that it started, daemons in sessions of their own included: its process group by SIGTERM,
 * then SIGKILL, then every process of this user whose ROTA_RUN names the run, until two scans find none. Where the
 * environment of processes cannot be read (not Linux) it is the group only.
 *
 * @returns pids that could not be ended; normally empty
 */
export async function killTree(system: System, tree: ProcessTree): Promise<readonly number[]> {
  const { processTable: table } = system;
  if (tree.group !== null) table.signal(tree.group, 'SIGTERM', true);
  const empty = await endedByThemselves(system, tree);
  if (tree.group !== null) table.signal(tree.group, 'SIGKILL', true);
  return killRest(system, tree.run, empty);
}

/**
 * Daemons have left the group: those that are still there after a moment are asked once as well. Returns how many of the
 * scans that prove the end were already made.
 */
async function endedByThemselves(system: System, { group, run }: ProcessTree): Promise<0 | 1> {
  const { processTable: table, clock } = system;
  const started = clock.monotonic();
  const asked = new Set<number>();
  for (let pause = 5; clock.monotonic() - started < GRACE; pause = Math.min(pause * 2, 80)) {
    const rest = await table.ofRun(run);
    const leaderGone = group === null || (await table.facts(group)).kind === 'gone';
    if (leaderGone && rest.length === 0) return 1;
    if (clock.monotonic() - started > 50 || group === null) {
      for (const pid of rest) {
        if (!asked.has(pid)) table.signal(pid, 'SIGTERM', false);
        asked.add(pid);
      }
    }
    await clock.wait(pause);
  }
  return 0;
}

/** One empty scan proves nothing: a process that is just being replaced by another program shows no environment. */
async function killRest(system: System, run: string, emptyBefore: 0 | 1): Promise<readonly number[]> {
  const { processTable: table, clock } = system;
  const started = clock.monotonic();
  for (let empty: number = emptyBefore; ; ) {
    const rest = await table.ofRun(run);
    empty = rest.length === 0 ? empty + 1 : 0;
    if (empty === 2) return [];
    if (clock.monotonic() - started > PATIENCE) return rest;
    for (const pid of rest) table.signal(pid, 'SIGKILL', false);
    await clock.wait(5);
  }
}
