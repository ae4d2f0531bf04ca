import { faultInWords } from './faults-of.ts';
import type { Said } from './part.ts';
import type { StepPlan } from './plan.ts';
import { emptyRow, type Row, tableOf } from './table.ts';

type SaidTrial = Extract<Said, { kind: 'trial' }>;

/** Counts what the worker processes say, and says at once what did not heal. */
export function startTally(seed: number, tell: (line: string) => void, verbose: boolean) {
  const started = Date.now();
  const rows = new Map<string, Row>();
  const unnoticed = new Map<string, number>();
  let [trials, failed, states] = [0, 0, 0];
  const rowOf = (name: string) => {
    const row = rows.get(name) ?? emptyRow(name);
    rows.set(name, row);
    return row;
  };
  const seconds = () => Math.round((Date.now() - started) / 1000);
  const wrong = (what: string) => {
    failed += 1;
    tell(what);
  };
  const count = (said: SaidTrial) => {
    const row = rowOf(said.job.row);
    const healed = said.violations.length === 0 ? 1 : 0;
    if (said.fault.kind === 'death') {
      row.deaths += 1;
      row.deathsHealed += healed;
    } else {
      row.errors += 1;
      row.errorsHealed += healed;
    }
    row.secondSweeps += said.sweeps === 2 ? 1 : 0;
    states += said.wentOn ? 1 : 0;
    if (said.unnoticed) unnoticed.set(said.step, (unnoticed.get(said.step) ?? 0) + 1);
    if (healed === 0) wrong(inWords(said, seed));
    if (verbose && ++trials % 50 === 0) tell(`${trials} trials, ${seconds()} s, at ${row.scenario}`);
  };
  return {
    wrong,
    /** The steps that a scenario has. */
    expect: (steps: readonly StepPlan[]) => {
      for (const { row: name, n } of steps) {
        const row = rowOf(name);
        row.steps += 1;
        row.changing += n === null ? 0 : 1;
      }
    },
    hear: (said: Said) => {
      if (said.kind === 'trial') count(said);
      else if (said.kind === 'tried' && said.job.whole) rowOf(said.job.row).covered += 1;
    },
    healed: () => failed === 0,
    report: (workers: number) => {
      const end = failed === 0 ? 'Everything healed.' : `${failed} did not heal.`;
      const words = `Seed ${seed}, ${workers} processes, ${seconds()} s; tasks landed from ${states} different healed states. ${end}\n`;
      const quiet = verbose
        ? [...unnoticed].sort().map(([step, times]) => `  made no difference ${times} times: ${step}\n`)
        : [];
      return `${tableOf([...rows.values()])}\n${words}${quiet.join('')}`;
    },
  };
}

function inWords({ job, fault, step, end, violations }: SaidTrial, seed: number): string {
  const at = job.n;
  return [
    `\n${job.row}: ${faultInWords(fault)} (${step})`,
    `  it ended as: ${end ?? 'dead'}`,
    ...violations.map((line) => `  ${line}`),
    `  again: node scripts/steps.mjs --scenario '${job.scenario}' --seed ${seed} --from ${at} --to ${at}`,
  ].join('\n');
}
