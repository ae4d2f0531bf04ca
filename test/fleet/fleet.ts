import { execFile } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { promisify } from 'node:util';
import { dice } from '../torture/dice.ts';
import { type Busy, readBusy } from './busy.ts';
import { judge } from './judge.ts';
import type { MachineEnd, RotaRun } from './machine.ts';
import { type FleetPlaces, makeFleet } from './make-fleet.ts';
import { type HubKind, serveHub } from './serve-hub.ts';
import { type StartedMachine, startMachine } from './start-machine.ts';

const run = promisify(execFile);

export interface FleetWish {
  readonly clones: number;
  /** On each of them. */
  readonly workers: number;
  readonly tasks: number;
  readonly seed: number;
  readonly hub: HubKind;
  /** Seconds within which all workers begin; 0: all at the same moment. */
  readonly startWithin: number;
  /** An empty folder for everything. */
  readonly folder: string;
  /** Path of the built command. */
  readonly rota: string;
  /** Node's command line for `workAsMachine`, without the orders. */
  readonly machine: readonly string[];
  /** Seconds until it is given up. */
  readonly patience: number;
  readonly say: (line: string) => void;
}

export interface FleetReport {
  readonly wish: FleetWish;
  readonly runs: readonly RotaRun[];
  /** Seconds from the first worker to the last landing. */
  readonly seconds: number;
  /** Ids of the tasks that main's history says have landed, each as often as it did. */
  readonly landed: readonly string[];
  /** Of the processors, meanwhile. */
  readonly busy: Busy;
  /** What must not be; empty: all is sound, and each task landed once. */
  readonly violations: readonly string[];
}

/**
 * Several machines, each with a clone and workers of its own, on one backlog and one shared repository: real processes of the
 * built command until everything has landed; then an independent checker.
 */
export async function fleet(wish: FleetWish): Promise<FleetReport> {
  const places = makeFleet(wish.folder, wish);
  const hub = await serveHub(wish.hub, places);
  const started: StartedMachine[] = [];
  try {
    for (const { clone, env } of places.machines)
      await run('git', ['clone', '-q', hub.url, clone], { cwd: wish.folder, env: { ...env } });
    return await workAndJudge(wish, places, started);
  } finally {
    // All have ended, unless something hung or this program failed.
    for (const { pid, ended } of started) await endMachine(pid, ended);
    await hub.close();
  }
}

async function workAndJudge(
  wish: FleetWish,
  places: FleetPlaces,
  started: StartedMachine[],
): Promise<FleetReport> {
  const { desk, hub, ids } = places;
  const chance = dice(wish.seed).split();
  const stop = join(desk, 'stop');
  const files = places.machines.map(({ name }) => ({
    runs: join(desk, `${name}.runs`),
    end: join(desk, `${name}.end`),
  }));
  const busy = readBusy();
  const began = performance.now();
  for (const [n, place] of places.machines.entries()) {
    const { name, clone } = place;
    const { rota, workers, startWithin } = wish;
    const seed = chance.below(2 ** 31);
    const orders = { name, clone, rota, workers, startWithin, stop, seed, ...files[n]! };
    started.push(startMachine(place, wish.machine, orders));
  }
  const ends = Promise.all(started.map(({ ended }) => ended));
  const late = await untilLanded(wish, hub, ids.length, ends);
  const seconds = (performance.now() - began) / 1000;
  const after = busy();
  writeFileSync(stop, '');
  wish.say('all have landed, or the time is over: the workers end');
  const hanging = await Promise.race([ends.then(() => false), setTimeout(ENDING, true, { ref: false })]);
  const died = hanging
    ? ['Workers have not ended in good time.']
    : (await ends).filter((words) => words !== null);
  wish.say('looking for what is wrong');
  const runs = files.flatMap((file) => readRuns(file.runs));
  const left = files.flatMap(({ end }, n) => leftOf(places.machines[n]!.name, end));
  const landed = await landings(hub);
  const violations = [...late, ...died, ...left, ...(await judge(places, { runs, landed }))];
  return { wish, runs, seconds, landed, busy: after, violations };
}

/** Nothing of these takes as long. Milliseconds. */
const ENDING = 180_000;
/** Between two looks at main, in milliseconds. */
const LOOK = 500;

/** Waits until as many landings as tasks are on main. */
async function untilLanded(
  { patience, say }: FleetWish,
  hub: string,
  tasks: number,
  ends: Promise<(string | null)[]>,
): Promise<string[]> {
  let over = false;
  void ends.then(() => {
    over = true;
  });
  const until = performance.now() + patience * 1000;
  for (let said = 0; ; ) {
    const landed = new Set(await landings(hub)).size;
    if (landed >= tasks) return [];
    if (landed >= said + 20) {
      said = landed;
      say(`${landed} of ${tasks} have landed`);
    }
    if (over) return ['All machines ended before everything had landed.'];
    if (performance.now() > until) return [`${landed} of ${tasks} have landed after ${patience} seconds.`];
    await setTimeout(LOOK);
  }
}

async function landings(hub: string): Promise<string[]> {
  const format = '--format=%(trailers:key=Task,valueonly)';
  const { stdout } = await run('git', ['log', '--first-parent', format, 'main'], {
    ...{ cwd: hub, maxBuffer: 1 << 28 },
  });
  return stdout.split('\n').filter((line) => line !== '');
}

function readRuns(path: string): RotaRun[] {
  if (!existsSync(path)) return [];
  return readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
}

function leftOf(name: string, path: string): string[] {
  if (!existsSync(path)) return [`${name} did not come to its end.`];
  const { left } = JSON.parse(readFileSync(path, 'utf8')) as MachineEnd;
  return left.map((words) => `${name}: a process was left: ${words}.`);
}

/** Its pid namespace goes with it. */
async function endMachine(pid: number, ended: Promise<unknown>): Promise<void> {
  const alive = await Promise.race([ended.then(() => false), setTimeout(0, true)]);
  if (!alive || pid === 0) return;
  process.kill(pid, 'SIGKILL');
  await ended;
}
