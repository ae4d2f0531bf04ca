import { fork } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { argv, exit, pid, stderr, stdout } from 'node:process';
import { parseArgs } from 'node:util';
import { faultInWords } from './faults-of.ts';
import { SCENARIOS } from './scenarios.ts';
import { emptyRow, type Row, tableOf } from './table.ts';
import { type Range, type Said, work } from './work.ts';

const USAGE = `npm run steps -- [--scenario NAME] [--seed S] [--from n] [--to m] [--workers W] [--verbose]
Dies, and fails, at every changing step of every scenario; sweeps at most twice; checks everything.
  --scenario NAME  this one only
  --seed S         which error each step meets (default 1)
  --from n --to m  only these changing steps
  --workers W      processes at once (default 2)
  --verbose        also names what ended as if nothing had happened
`;

/** Shares the steps out to worker processes and prints what they found. Exits with 1 when something does not hold. */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      scenario: { type: 'string' },
      seed: { type: 'string', default: '1' },
      from: { type: 'string', default: '1' },
      to: { type: 'string', default: '1000000' },
      workers: { type: 'string', default: '2' },
      part: { type: 'string' },
      verbose: { type: 'boolean' },
      help: { type: 'boolean' },
    },
  });
  if (values.help) {
    stdout.write(USAGE);
    return;
  }
  const scenarios = SCENARIOS.filter(({ name }) => values.scenario === undefined || name === values.scenario);
  if (scenarios.length === 0)
    throw new Error(`There is no such scenario; there are: ${SCENARIOS.map(({ name }) => name).join('; ')}`);
  const range = { seed: Number(values.seed), from: Number(values.from), to: Number(values.to) };
  const workers = Number(values.workers);
  if (values.part !== undefined) {
    const part = { n: Number(values.part), of: workers };
    for (const scenario of scenarios)
      await work(
        scenario,
        { ...range, ...part },
        join(tmpdir(), `rota-steps-${process.ppid}-${part.n}`),
        send,
      );
    exit(0);
  }
  exit(await conduct(workers, range, values.verbose === true));
}

async function conduct(workers: number, range: Pick<Range, 'seed'>, verbose: boolean): Promise<0 | 1> {
  const started = Date.now();
  const found = new Map<string, Row>();
  const wrong: string[] = [];
  const quiet = new Map<string, number>();
  const rowOf = (name: string) => {
    const row = found.get(name) ?? emptyRow(name);
    found.set(name, row);
    return row;
  };
  const hear = (said: Said) => {
    if (said.kind === 'size') {
      Object.assign(rowOf(said.row), { steps: said.steps, changing: said.changing });
      return;
    }
    if (said.kind === 'step') {
      rowOf(said.row).covered += 1;
      return;
    }
    if (said.kind === 'wrong') {
      wrong.push(said.what);
      stderr.write(`${said.what}\n`);
      return;
    }
    const row = rowOf(said.row);
    const healed = said.violations.length === 0 ? 1 : 0;
    if (said.fault.kind === 'death') {
      row.deaths += 1;
      row.deathsHealed += healed;
    } else {
      row.errors += 1;
      row.errorsHealed += healed;
    }
    row.secondSweeps += said.sweeps === 2 ? 1 : 0;
    if (said.unnoticed) quiet.set(said.step, (quiet.get(said.step) ?? 0) + 1);
    if (healed === 1) return;
    const at = said.fault.kind === 'none' ? 0 : said.fault.at;
    wrong.push(`${said.scenario}, ${faultInWords(said.fault)}: ${said.violations.join('; ')}`);
    stderr.write(
      `\n${said.row}: ${faultInWords(said.fault)} (${said.step})\n  it ended as: ${said.end ?? 'dead'}\n${said.violations.map((line) => `  ${line}\n`).join('')}  again: node scripts/steps.mjs --scenario '${said.scenario}' --seed ${range.seed} --from ${at} --to ${at}\n`,
    );
  };
  await Promise.all(Array.from({ length: workers }, (_, n) => startPart(n, hear)));
  stdout.write(tableOf([...found.values()]));
  const seconds = Math.round((Date.now() - started) / 1000);
  stdout.write(`\nSeed ${range.seed}, ${workers} processes, ${seconds} s. `);
  stdout.write(wrong.length === 0 ? 'Everything healed.\n' : `${wrong.length} did not heal.\n`);
  if (verbose)
    for (const [step, times] of [...quiet].sort()) stdout.write(`  unnoticed ${times} times: ${step}\n`);
  return wrong.length === 0 ? 0 : 1;
}

function startPart(n: number, hear: (said: Said) => void): Promise<void> {
  const child = fork(argv[1]!, [...argv.slice(2), '--part', String(n)], {
    execArgv: ['--enable-source-maps'],
  });
  child.on('message', (said) => hear(said as Said));
  return new Promise((resolve) => {
    child.on('exit', (code) => {
      if (code !== 0) hear({ kind: 'wrong', what: `A worker process ended with ${code}.` });
      resolve();
    });
  });
}

function send(said: Said): void {
  process.send!(said);
}

await main();
void pid;
