import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { startLooking } from './agree.ts';
import { newFacts } from './facts.ts';
import type { HubKind } from './machines.ts';
import { taskText } from './person.ts';
import * as person from './person-commands.ts';
import * as runs from './run-commands.ts';
import { story } from './story.ts';
import { tally } from './tally.ts';
import { openWorld } from './world.ts';

const { ROTA_MODEL_RUNS, ROTA_MODEL_SEED, ROTA_MODEL_COMMANDS, ROTA_MODEL_PATH, ROTA_MODEL_MINUTES } =
  process.env;
const LONG = ROTA_MODEL_RUNS !== undefined || ROTA_MODEL_MINUTES !== undefined;
const RUNS = Number(ROTA_MODEL_RUNS ?? (LONG ? 100_000 : 1));
/** A long form ends after so many minutes for each hub. */
const LIMIT =
  ROTA_MODEL_MINUTES === undefined ? {} : { interruptAfterTimeLimit: Number(ROTA_MODEL_MINUTES) * 60_000 };
const SEED = ROTA_MODEL_SEED === undefined ? 3 : Number(ROTA_MODEL_SEED);
const MOST_COMMANDS = Number(ROTA_MODEL_COMMANDS ?? 30);
/** What a failure named `path`: that run alone. */
const PATH = ROTA_MODEL_PATH === undefined ? {} : { path: ROTA_MODEL_PATH };
const HUBS: readonly HubKind[] = ['memory', 'local', 'remote'];

const some = fc.nat(7);
const endings = fc.constantFrom('blocked', 'failed', 'interrupted', 'partial');
const someRole = fc.constantFrom('developer' as const, null);
const rarely = fc.constantFrom(true, false, false);
const hours = fc.constantFrom(-48, -2, 0, 2, 48, 2000);
const minutes = fc.constantFrom(0, 5, 16, 16);
const someHow = fc.constantFrom('hand', 'rota');
const statuses = fc.constantFrom('ready', 'ready', 'draft', 'dropped', 'done', 'blocked');

type Command = fc.Arbitrary<runs.ModelCommand>;

/** Each as often as its number says. */
function weighted(...list: readonly (readonly [number, Command])[]): Command[] {
  return list.flatMap(([times, command]) => Array.from({ length: times }, () => command));
}

const commands = weighted(
  [6, some.map(runs.claimOne)],
  [2, fc.constant(null).map(runs.claimTogether)],
  [3, some.map(runs.renewOne)],
  [3, some.map(runs.crash)],
  [4, some.map(runs.sweepOn)],
  [6, some.map((n) => runs.landOne(n, false, null))],
  [2, some.map((n) => runs.landOne(n, true, null))],
  [3, fc.tuple(some, some).map(([n, other]) => runs.landOne(n, false, other))],
  [3, fc.tuple(some, endings).map(([n, how]) => runs.stop(n, how))],
  [1, fc.tuple(someRole, rarely).map(([role, on]) => runs.pause(role, on))],
  [3, fc.tuple(some, hours, minutes).map(([n, wall, on]) => runs.jump(n, wall, on))],
  [1, some.map(person.editTitle)],
  [1, some.map(person.editBody)],
  [2, fc.tuple(some, statuses, someHow).map(([n, status, by]) => person.editStatus(n, status, by))],
  [3, some.map(person.reopen)],
  [1, some.map(person.lockByHand)],
  [1, some.map(person.unlockByHand)],
  [1, fc.tuple(some, some).map(([n, on]) => person.lockWithRota(n, on))],
  [2, fc.tuple(some, some).map(([n, on]) => person.unlockWithRota(n, on))],
  [1, some.map(person.rename)],
  [1, some.map(person.remove)],
  [3, some.map(person.bringBack)],
  [1, fc.constant(null).map(person.commitCode)],
  [1, fc.constant(null).map(person.breakMain)],
  [4, fc.constant(null).map(person.mendMain)],
);

type Publish = 'claim' | 'off';
type Day = readonly [HubKind, Publish];

const DAYS: readonly Day[] = [
  ['memory', 'off'],
  ['local', 'claim'],
];
/** In the long form only. */
const MORE_DAYS: readonly Day[] = [
  ['memory', 'claim'],
  ['local', 'off'],
  ['remote', 'claim'],
  ['remote', 'off'],
];

async function compare(hub: HubKind, publish: Publish, list: Iterable<runs.ModelCommand>): Promise<void> {
  const facts = newFacts(['A1', 'A2', 'A3'], hub === 'local' ? 1 : 2);
  const tasks = Object.fromEntries(facts.tasks.map((task) => [task.file, taskText(task)]));
  const world = await openWorld(hub, tasks, publish);
  try {
    startLooking(world);
    await fc.asyncModelRun(() => ({ model: facts, real: world }), list);
  } finally {
    await world.close();
  }
}

describe(`the model, seed ${SEED}`, () => {
  const timeout = 86_400_000;

  test.each(LONG ? [...DAYS, ...MORE_DAYS] : DAYS)(
    'a whole day, main and records in %s, publish: %s',
    { timeout },
    (hub, publish) => compare(hub, publish, story()),
  );

  test.each(LONG ? HUBS : HUBS.slice(0, 1))(
    'main and records in %s are as it says, whoever does what',
    { timeout },
    async (hub) => {
      let done = 0;
      const property = fc.asyncProperty(
        fc.constantFrom<Publish[]>('claim', 'off'),
        // Without a bias towards short lists: little happens in those.
        fc.noBias(fc.commands(commands, { maxCommands: MOST_COMMANDS, size: 'max' })),
        async (publish, list) => {
          await compare(hub, publish, list);
          done += 1;
        },
      );
      await fc.assert(property, { seed: SEED, numRuns: RUNS, verbose: 1, ...LIMIT, ...PATH });
      expect(done).toBeGreaterThan(0);
      if (LONG) console.log(`${hub}: ${done} runs, seed ${SEED}: ${tally()}`);
    },
  );
});
