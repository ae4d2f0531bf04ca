import { setTimeout } from 'node:timers/promises';
import type { Dice } from './dice.ts';
import type { LockWatch } from './locks.ts';
import type { Site } from './make-arena.ts';
import type { Planner } from './planner.ts';
import type { RotaProcesses } from './rota-processes.ts';

/** A worker: one process after the other, until `stopped`. */
export async function workerLoop(
  processes: RotaProcesses,
  { site, home, planner }: { site: Site; home: string; planner: Planner },
  chance: Dice,
  stopped: () => boolean,
): Promise<void> {
  while (!stopped()) {
    const role = chance.chance(0.7) ? 'developer' : 'fixer';
    const args = chance.chance(0.75) ? ['run', role] : ['shift', '--once'];
    const { doc } = await processes.start('worker', site, home, args, chance.chance(0.3)).ended;
    const results: { outcome?: string; reason?: string | null }[] = Array.isArray(doc) ? doc : [doc ?? {}];
    // Somebody looks at what did not land, and lets the role go on.
    if (results.some(({ reason }) => reason?.includes('paused itself')))
      await processes.start('person', site, home, ['resume', role]).ended;
    if (results.every(({ outcome }) => outcome === 'idle')) planner.idle = true;
    // A machine that starts workers by itself does not do so without a breath.
    await setTimeout(chance.below(150));
  }
}

/** Sweepers race the workers' own sweeps, and now and then each other. */
export async function sweeperLoop(
  processes: RotaProcesses,
  watch: LockWatch,
  { site, home }: { site: Site; home: string },
  chance: Dice,
  stopped: () => boolean,
): Promise<void> {
  while (!stopped()) {
    await setTimeout(500 + chance.below(2500));
    const count = chance.chance(0.25) ? 2 : 1;
    if (stopped()) return;
    const started = Array.from({ length: count }, () => processes.start('sweeper', site, home, ['sweep']));
    await Promise.all(
      started.map(async (sweep) => {
        const { code } = await sweep.ended;
        if (code === 0 && !sweep.hurt) await watch.swept(sweep);
      }),
    );
  }
}
