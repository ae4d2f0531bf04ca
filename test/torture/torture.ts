import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { dice } from './dice.ts';
import { judge, readWrites } from './judge.ts';
import { killSteps } from './kill-steps.ts';
import { type Kill, killer } from './killer.ts';
import { type Freed, lockWatch } from './locks.ts';
import { type Arena, makeArena } from './make-arena.ts';
import { firstPlan, person } from './person.ts';
import { personDesk } from './person-desk.ts';
import { planner } from './planner.ts';
import { rotaProcesses } from './rota-processes.ts';
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
/** What sweeps say of what they put right. */
const HEALED = {
  'moves of main finished': /A half-done move of main to \w+ was finished/g,
  'moves of main undone': /A move of main to \w+ had been prepared only; it was undone/g,
  'work of the dead committed': /what it left was committed on its branch/g,
  'removals taken back': /The removal of \S+ had died half-way/g,
  'saves held aside or left alone': /(?:is kept as|was left as it is|while main moved)/g,
} as const;
/** Nothing of these takes as long; a process that is still there then hangs. Milliseconds. */
const LONGEST = 180_000;

/**
 * Real processes of the built command under real SIGKILLs, beside people who save and commit; at the end, after all workers have
 * ended in good order and two sweeps at most, an independent checker looks for what was lost.
 */
export async function torture(wish: TortureWish): Promise<TortureReport> {
  const { folder, rota, say } = wish;
  const chance = dice(wish.seed);
  const arena = makeArena(folder, rota);
  const processes = rotaProcesses(arena);
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
  for (const process of processes.live) if (process.part === 'worker') interrupt(process.pid);
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
  const counts = new Map(processes.counts);
  for (const { counts: acts, saves } of desks) {
    for (const [act, often] of acts)
      counts.set(`person: ${act}`, (counts.get(`person: ${act}`) ?? 0) + often);
    counts.set('saves of people', (counts.get('saves of people') ?? 0) + saves.length);
  }
  for (const [what, words] of Object.entries(HEALED)) counts.set(`healed: ${what}`, saidTimes(arena, words));
  counts.set('writes of agents', readWrites(arena).filter(({ blob }) => blob !== null).length);
  return { kills, steps: killSteps(kills), freed: watch.freed, seconds, counts, violations };
}

function saidTimes(arena: Arena, words: RegExp): number {
  return readFileSync(join(arena.desk, 'said'), 'utf8').match(words)?.length ?? 0;
}

function notFreed(freed: readonly Freed[]): string[] {
  return freed.flatMap(({ task, run, site, milliseconds, sweepsThatLeftIt }) => [
    ...(milliseconds === null ? [`${site}: the lock of ${task} by run ${run} was never freed.`] : []),
    ...(sweepsThatLeftIt > 0
      ? [`${site}: ${sweepsThatLeftIt} whole sweeps after the kill left the lock of ${task} by run ${run}.`]
      : []),
  ]);
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

/** Ends in good order, as Ctrl-C does. */
function interrupt(pid: number): void {
  try {
    process.kill(pid, 'SIGINT');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
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
