import process, { stderr, stdout } from 'node:process';
import { numberIn, optionValues } from '../../scripts/option-values.mjs';
import { MOST, type Simulated, simulate } from './simulate.ts';
import { MINUTE, USUAL, type Wish } from './wish.ts';

const USAGE = 'usage: npm run simulate -- [--seed S] [--short]';
const SECOND = 1000;

/** The tables of docs/scale.md. */
const TABLES: readonly {
  readonly title: string;
  readonly name: (wish: Wish) => string;
  readonly wishes: readonly Partial<Wish>[];
}[] = [
  {
    title: 'Machines (4 workers each, agents of 10 min, a gate of 20 s)',
    name: ({ machines }) => `${machines}`,
    wishes: [1, 2, 4, 8, 16].map((machines) => ({ machines, tasks: machines * 40, gate: 20 * SECOND })),
  },
  {
    title: 'The gate (8 machines)',
    name: ({ gate }) => `${gate / SECOND} s`,
    wishes: [5, 20, 60, 120].map((gate) => ({ machines: 8, tasks: 160, gate: gate * SECOND })),
  },
  {
    title: 'The way to the remote (8 machines, a gate of 5 s)',
    name: ({ trip, service }) => `${trip} ms, ${service} ms a push`,
    wishes: [
      { trip: 20, service: 10 },
      { trip: 300, service: 100 },
      { trip: 1000, service: 1000 },
    ].map((way) => ({ ...way, machines: 8, tasks: 160, gate: 5 * SECOND })),
  },
  {
    title: 'Trouble (8 machines, a gate of 20 s)',
    name: ({ vanish, outage }) =>
      outage !== null ? 'remote down for 40 min' : vanish === 0 ? 'none' : `${vanish} machines vanish`,
    wishes: [{}, { vanish: 2 }, { vanish: 6 }, { outage: { from: 20 * MINUTE, to: 60 * MINUTE } }].map(
      (trouble) => ({ ...trouble, machines: 8, tasks: 160, gate: 20 * SECOND }),
    ),
  },
];

async function main(): Promise<void> {
  const values = optionValues(USAGE, {
    seed: { type: 'string', default: '1' },
    short: { type: 'boolean', default: false },
  });
  const seed = numberIn(USAGE, values, 'seed');
  let wrong = 0;
  for (const { title, name, wishes } of TABLES) {
    stdout.write(`${title}\n\n${HEAD}`);
    for (const change of values.short ? wishes.slice(0, 2) : wishes) {
      const wish = { ...USUAL, ...change, seed };
      const done = await simulate(wish);
      stdout.write(rowOf(name(wish), done));
      wrong += done.twice + done.missing;
    }
    stdout.write('\n');
  }
  stdout.write(
    `Seed ${seed}. ${wrong === 0 ? 'Every task landed exactly once.' : `${wrong} tasks landed twice or never.`}\n`,
  );
  if (wrong > 0) process.exitCode = 1;
}

const COLUMNS = [
  'case',
  'landed an hour',
  'of what agents could do',
  'workers idle',
  'claim, median and worst',
  'lost races, share of time',
  'gates a landing',
  'put off',
  'remote busy',
  'free after a death',
];
const HEAD = `| ${COLUMNS.join(' | ')} |\n|${' --- |'.repeat(COLUMNS.length)}\n`;

function rowOf(name: string, { wish, tally, took, tookMost, busy }: Simulated): string {
  const rate = (wish.tasks * MOST) / (tookMost / 60 / MINUTE);
  const workerTime = (took ?? 0) * wish.machines * wish.workers;
  const claims = [...tally.claims].sort((a, b) => a - b);
  const worst = (claims.at(-1) ?? 0) / SECOND;
  const recoveries = [...tally.recoveries].sort((a, b) => a - b);
  const cells = [
    name,
    rate.toFixed(0),
    percent((rate * wish.agent) / 60 / MINUTE / (wish.machines * wish.workers)),
    percent(tally.idle / workerTime),
    `${((claims[claims.length >> 1] ?? 0) / SECOND).toFixed(2)} s, ${worst.toFixed(worst < 10 ? 1 : 0)} s`,
    `${tally.lostClaims}, ${percent(tally.waste / workerTime, 2)}`,
    (tally.gates / Math.max(1, tally.landings)).toFixed(1),
    `${tally.putOff}`,
    percent(busy, 1),
    recoveries.length === 0 ? '' : `${((recoveries.at(-1) ?? 0) / MINUTE).toFixed(0)} min at worst`,
  ];
  return `| ${cells.join(' | ')} |\n`;
}

function percent(share: number, digits = 0): string {
  return `${(share * 100).toFixed(digits)}%`;
}

main().catch((error: unknown) => {
  stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 2;
});
