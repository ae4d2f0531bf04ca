/** What was counted for one part of one scenario. */
export interface Row {
  readonly scenario: string;
  steps: number;
  changing: number;
  covered: number;
  deaths: number;
  deathsHealed: number;
  errors: number;
  errorsHealed: number;
  secondSweeps: number;
}

export function emptyRow(scenario: string): Row {
  return {
    ...{ scenario, steps: 0, changing: 0, covered: 0, deaths: 0, deathsHealed: 0 },
    ...{ errors: 0, errorsHealed: 0, secondSweeps: 0 },
  };
}

/** A markdown table with a last row for all of them. */
export function tableOf(rows: readonly Row[]): string {
  const total = emptyRow('all');
  for (const row of rows) for (const key of NUMBERS) total[key] += row[key];
  const lines = [...rows, total].map(
    (row) =>
      `| ${row.scenario} | ${row.steps} | ${row.changing} | ${row.covered} of ${row.changing} | ${row.deathsHealed} of ${row.deaths} | ${row.errorsHealed} of ${row.errors} | ${row.secondSweeps} |\n`,
  );
  const head =
    '| scenario | steps | changing | covered | deaths healed | errors healed | second sweeps |\n| --- | --- | --- | --- | --- | --- | --- |\n';
  return head + lines.join('');
}

const NUMBERS = [
  ...(['steps', 'changing', 'covered', 'deaths', 'deathsHealed'] as const),
  ...(['errors', 'errorsHealed', 'secondSweeps'] as const),
];
