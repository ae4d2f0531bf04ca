import { setTimeout } from 'node:timers/promises';
import { dice } from './dice.ts';
import { judge } from './judge.ts';
import { killSteps } from './kill-steps.ts';
import { killer } from './killer.ts';
import { type Freed, lockWatch, notFreed } from './locks.ts';
import { type Arena, makeArena } from './make-arena.ts';
import { firstPlan, person } from './person.ts';
import { personDesk } from './person-desk.ts';
import { planner } from './planner.ts';
import { sendSignal } from './processes.ts';
import { type RotaProcesses, rotaProcesses } from './rota-processes.ts';
import type { Kill } from './strike.ts';
import { tally } from './tally.ts';
import { sweeperLoop, workerLoop } from './workers.ts';

export interface TortureWish {
  readonly kills: number;
  readonly seed: number;
  /** An empty folder for everything. */
  readonly folder: string;
  /** Path of the built command. */
  readonly rota: string;
  /** Workers at once; half of them in the repository without a remote. */
  readonly workers: number;
  /** Kills a second, if there is enough to kill. */
  readonly rate: number;
  readonly say: (line: string) => void;
}

export interface TortureReport {
  readonly kills: readonly Kill[];
  readonly steps: ReadonlyMap<string, ReadonlyMap<string, number>>;
  readonly freed: readonly Freed[];
  /** Seconds from the first worker to the last kill. */
  readonly seconds: number;
  /** How processes ended, and what people did -> how often. */
  readonly counts: ReadonlyMap<string, number>;
  /** What must not be; empty: nothing was lost. */
  readonly violations: readonly string[];
}

/** Sweeps that everything must be healed in, in each checkout. */
const SWEEPS = 2;
/** Nothing of these takes as long; a process that is still there then hangs. Milliseconds. */
const LONGEST = 180_000;

/**
 * Real processes of the built command under real SIGKILLs, beside people who save and commit; at the end, after all workers have
 * ended in good order and two sweeps at most, an independent checker looks for what was lost.
 */
export async function torture(wish: TortureWish): Promise<TortureReport> {
  const arena = makeArena(wish.folder, wish.rota);
  const processes = rotaProcesses(arena);
  try {
    return await killAndJudge(wish, arena, processes);
  } finally {
    // Nothing does, unless something hung or this program failed.
    for (const { pid } of processes.live) sendSignal(pid, 'SIGKILL');
  }
}

async function killAndJudge(
  wish: TortureWish,
  arena: Arena,
  processes: RotaProcesses,
): Promise<TortureReport> {
  const { say } = wish;
  const chance = dice(wish.seed);
  const watch = lockWatch(arena);
  const planners = arena.sites.map((site) => planner(arena, site, chance.split()));
  const desks = arena.sites.map(({ homes }) => personDesk(arena, homes[0]!, chance.split()));
  const people = arena.sites.map((site, n) => ({
    ...{ desk: desks[n]!, site, planner: planners[n]!, processes, chance: chance.split() },
  }));
  for (const one of people) await firstPlan(one);

  let stopped = false;
  const stop = () => stopped;
  const places = arena.sites.flatMap((site, n) =>
    site.homes.map((home) => ({ site, home, planner: planners[n]!, share: site.homes.length })),
  );
  const began = performance.now();
  const loops = [
    ...places.flatMap(({ share, ...place }) =>
      Array.from({ length: Math.max(1, Math.round(wish.workers / 2 / share)) }, () =>
        workerLoop(processes, place, chance.split(), stop),
      ),
    ),
    ...places.map((place) => sweeperLoop(processes, watch, place, chance.split(), stop)),
    ...people.map((one) => person(one, stop)),
  ];
  const failed = Promise.all(loops).then(() => new Promise<never>(() => undefined));
  const kills = await Promise.race([
    // A loop that fails ends everything.
    failed,
    killer(processes, watch, chance.split(), {
      kills: wish.kills,
      rate: wish.rate,
      onKill: sayProgress(say, wish, began),
    }),
  ]);
  const seconds = (performance.now() - began) / 1000;

  say('stopping the workers in good order');
  stopped = true;
  for (const process of processes.live) if (process.part === 'worker') sendSignal(process.pid, 'SIGINT');
  const hanging = await unfinished(Promise.all(loops), () =>
    [...processes.live].map(({ args, pid }) => `${args.join(' ')} (${pid})`),
  );
  for (let n = 0; n < SWEEPS; n++)
    for (const { site, home } of places) await processes.start('sweeper', site, home, ['sweep']).ended;
  await watch.stop();

  say('looking for what was lost');
  const violations = [
    ...hanging,
    ...processes.odd,
    ...notFreed(watch.freed),
    ...(await judge(arena, { desks, planners, groups: processes.groups })),
  ];
  const counts = tally(arena, processes, desks);
  return { kills, steps: killSteps(kills), freed: watch.freed, seconds, counts, violations };
}

function sayProgress(
  say: (line: string) => void,
  { kills }: TortureWish,
  began: number,
): (kill: Kill) => void {
  let count = 0;
  return () => {
    count += 1;
    if (count % 50 === 0 || count === kills)
      say(`${count} of ${kills} kills in ${((performance.now() - began) / 1000).toFixed(0)} s`);
  };
}

/** What has not ended in time, in words. */
async function unfinished(loops: Promise<unknown>, live: () => string[]): Promise<string[]> {
  const late = new AbortController();
  const ended = loops.then(() => true);
  const inTime = await Promise.race([
    ended,
    setTimeout(LONGEST, false, { signal: late.signal }).catch(() => false),
  ]);
  late.abort();
  return inTime ? [] : live().map((words) => `It hangs: rota ${words}.`);
}
