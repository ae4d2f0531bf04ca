import { type Figures, figuresOf, type Lost, type Spread } from './figures.ts';
import type { FleetReport } from './fleet.ts';

/** What a fleet must reach: the share of the machine time that lost races may take, and the slowest claim in medians. */
const MOST = { lostShare: 0.02, slowest: 10 };

/** The report in lines, and whether all that must be reached was. */
export function printReport(report: FleetReport): {
  readonly lines: readonly string[];
  readonly met: boolean;
} {
  const { wish, seconds, landed, violations, busy } = report;
  const figures = figuresOf(report);
  const rows: readonly (readonly [string, string, boolean?])[] = [
    ['landed, by main’s history', `${new Set(landed).size} of ${wish.tasks}`, isOnce(report)],
    ['how runs ended', [...figures.outcomes].map(([name, often]) => `${often} ${name}`).join(', ')],
    ['tasks taken', `${figures.claims}`],
    ['from the first worker to the last landing', `${seconds.toFixed(0)} s`],
    ['machine time: all workers, and of it with rota running', machineTime(figures)],
    ['claims lost to others', lost(figures.lostClaims, figures)],
    ['landings lost to others: gates in vain, or the turn', lost(figures.lostLandings, figures)],
    ['lost races, of the machine time', percent(figures.lostShare), figures.lostShare < MOST.lostShare],
    ['a claim', spread(figures.claim)],
    ['of it with the remote', spread(figures.trips)],
    ['slowest claim beside the median', `${figures.slowest.toFixed(1)}x`, figures.slowest < MOST.slowest],
    ['a run that landed', spread(figures.whole)],
    ['processors', `${busy.processors}, busy ${busy.share === null ? '?' : percent(busy.share)}`],
    ['violations', `${violations.length}`, violations.length === 0],
  ];
  return {
    lines: [
      '| what | figure | reached |',
      '| --- | --- | --- |',
      ...rows.map(
        ([what, figure, met]) => `| ${what} | ${figure} | ${met === undefined ? '' : met ? 'yes' : 'NO'} |`,
      ),
      ...violations.map((sentence) => `- ${sentence}`),
    ],
    met: rows.every(([, , met]) => met !== false),
  };
}

function isOnce({ landed, wish }: FleetReport): boolean {
  return landed.length === wish.tasks && new Set(landed).size === wish.tasks;
}

function machineTime({ machineTime, running }: Figures): string {
  return `${machineTime.toFixed(0)} s, ${percent(running / machineTime)}`;
}

function lost({ count, seconds }: Lost, { machineTime }: Figures): string {
  return `${count}, ${seconds.toFixed(1)} s, ${percent(seconds / machineTime)}`;
}

function spread({ median, p99, worst }: Spread): string {
  return `median ${median.toFixed(2)} s, p99 ${p99.toFixed(2)} s, worst ${worst.toFixed(2)} s`;
}

function percent(share: number): string {
  return `${(share * 100).toFixed(2)}%`;
}
