import type { Target } from './strike.ts';
import type { TortureReport } from './torture.ts';

/** The report in lines, as docs/reliability.md shows it. */
export function printReport(report: TortureReport): string[] {
  const { kills, steps, freed, seconds, counts, violations } = report;
  const times = freed
    .flatMap(({ milliseconds }) => (milliseconds === null ? [] : [milliseconds]))
    .sort((a, b) => a - b);
  const columns = [...steps.keys()].sort();
  const rows = [...new Set([...steps.values()].flatMap((row) => [...row.keys()]))].sort();
  const table = [
    ['step', ...columns],
    ...rows.map((row) => [row, ...columns.map((column) => String(steps.get(column)?.get(row) ?? ''))]),
    ['all', ...columns.map((column) => String(sum(steps.get(column)?.values() ?? [])))],
  ];
  const verbs = (wanted: Target) => {
    const found = new Map<string, number>();
    for (const { target, detail } of kills)
      if (target === wanted) found.set(detail, (found.get(detail) ?? 0) + 1);
    return list(found);
  };
  return [
    `${kills.length} kills in ${seconds.toFixed(0)} s (${(kills.length / seconds).toFixed(1)} a second), by what was killed and where its run was:`,
    '',
    ...aligned(table),
    '',
    `git killed: ${verbs('git')}`,
    `worker killed at git: ${verbs('worker at git')}`,
    '',
    ...[...counts].sort().map(([what, often]) => `${what}: ${often}`),
    '',
    `locks held when their worker was killed: ${freed.length}; from the kill until the task was free:`,
    `p50 ${at(times, 0.5)}, p99 ${at(times, 0.99)}, longest ${at(times, 1)}`,
    '',
    violations.length === 0 ? 'violations: 0' : `violations: ${violations.length}`,
    ...violations.map((sentence) => `- ${sentence}`),
  ];
}

function at(sorted: readonly number[], share: number): string {
  const value = sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
  return value === undefined ? '-' : `${(value / 1000).toFixed(2)} s`;
}

function sum(values: Iterable<number>): number {
  return [...values].reduce((all, value) => all + value, 0);
}

function list(counts: ReadonlyMap<string, number>): string {
  return [...counts]
    .sort((a, b) => b[1] - a[1])
    .map(([what, often]) => `${what} ${often}`)
    .join(', ');
}

function aligned(table: readonly (readonly string[])[]): string[] {
  const widths = table[0]!.map((_, n) => Math.max(...table.map((row) => row[n]!.length)));
  return table.map((row) =>
    row
      .map((cell, n) => (n === 0 ? cell.padEnd(widths[n]!) : cell.padStart(widths[n]!)))
      .join('  ')
      .trimEnd(),
  );
}
