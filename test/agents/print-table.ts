import type { Mode } from './mode.ts';
import type { TrialEnd } from './trial.ts';

/** The table of docs/agents.md: a line for each client, a column for each mode. `!`: not as it must be. */
export function printTable(
  clients: readonly string[],
  modes: readonly Mode[],
  ends: readonly TrialEnd[],
): string[] {
  const shown = modes.filter(({ measured }) => !measured);
  const cell = (client: string, mode: Mode) => {
    const end = ends.find((one) => one.client === client && one.mode === mode.name);
    if (end === undefined) return '-';
    const seconds = end.seconds === null ? '' : ` ${Math.round(end.seconds)} s`;
    return `${end.outcome}${seconds}${end.wrong.length > 0 ? ' !' : ''}`;
  };
  return [
    `| client | ${shown.map(({ name }) => name).join(' | ')} |`,
    `| --- |${' --- |'.repeat(shown.length)}`,
    ...clients.map((client) => `| ${client} | ${shown.map((mode) => cell(client, mode)).join(' | ')} |`),
  ];
}

/** What rota itself costs beside each client; empty: it was not measured. */
export function printCosts(ends: readonly TrialEnd[]): string[] {
  const rows = ends.flatMap(({ client, cost }) => {
    if (cost === null) return [];
    const mib = (bytes: number) => `${Math.round(bytes / 1024 / 1024)} MiB`;
    const share = `${(cost.share * 100).toFixed(2)}%`;
    return [
      `| ${client} | ${mib(cost.peak)} | ${mib(cost.resident)} | ${share} | ${Math.round(cost.seconds)} s |`,
    ];
  });
  if (rows.length === 0) return [];
  return [
    "| client | rota's peak | resident | of one core | over |",
    '| --- | --- | --- | --- | --- |',
    ...rows,
  ];
}

/** What each run said it used, beside what the server had told the client. */
export function printUsage(ends: readonly TrialEnd[]): string[] {
  const three = (usage: { input: number; cached: number; output: number } | null) =>
    usage === null ? '-' : `${usage.input} / ${usage.cached} / ${usage.output}`;
  const rows = ends
    .filter(({ outcome }) => outcome === 'landed')
    .map(
      ({ client, mode, usage, told }) =>
        `| ${client} | ${mode} | ${three(usage)} | ${three(told.work)} | ${three(told.aside)} |`,
    );
  if (rows.length === 0) return [];
  return [
    '| client | mode | rota says (in / cached / out) | told for work | told aside |',
    '| --- | --- | --- | --- | --- |',
    ...rows,
  ];
}
