import { expect, test } from 'vitest';
import { figuresOf } from '../fleet/figures.ts';
import type { FleetReport } from '../fleet/fleet.ts';
import type { RotaRun } from '../fleet/machine.ts';
import { printReport } from '../fleet/print-report.ts';

/** A run that landed `task` after a claim of `claim` seconds. */
function run(task: string, claim: number, lines: readonly string[] = []): RotaRun {
  const doc = { outcome: 'landed', task, seconds: { claim } };
  const said = ['remote: ls-remote, 100 ms', ...lines, `11:03:23 developer ${task} claim A title`];
  return {
    ...{ machine: 'm1', worker: 0, args: ['run', 'developer'], began: 1000, ended: 11_000, code: 0 },
    ...{ stdout: JSON.stringify(doc), stderr: [...said, 'remote: push main, 900 ms'].join('\n') },
  };
}

function report(runs: readonly RotaRun[], more: Partial<FleetReport> = {}): FleetReport {
  const wish = {
    clones: 2,
    workers: 2,
    tasks: 2,
    seed: 1,
    hub: 'http',
    startWithin: 0,
    folder: '',
    rota: '',
    patience: 1,
  };
  return {
    wish: { ...wish, machine: [], say: () => undefined } as FleetReport['wish'],
    ...{ runs, seconds: 100, landed: ['A1', 'A2'], busy: { processors: 2, share: 0.5 }, violations: [] },
    ...more,
  };
}

const LOST = [
  '11:03:20 developer - race lost the claim after 2.5 s: A1 was taken by others',
  '11:03:21 developer - race lost the claim after 1.5 s: A2 was given back, others were faster',
  '11:03:25 developer A2 race lost the landing after 61.0 s: main moved while the gate ran, it runs again',
  // What a task is called is no race.
  '11:03:25 developer A2 claim The race lost the landing after 99.0 s: nothing',
];

test('what is counted: claims, lost races by kind, and what was spent with the remote for a claim', () => {
  const figures = figuresOf(report([run('A1', 0.5), run('A2', 4, LOST)]));
  expect(figures).toMatchObject({
    ...{ claims: 2, machineTime: 400, running: 20, slowest: 1 },
    lostClaims: { count: 2, seconds: 4 },
    lostLandings: { count: 1, seconds: 61 },
    lostShare: 65 / 400,
  });
  expect(figuresOf(report([run('A1', 0.5)])).trips.worst).toBeCloseTo(0.1);
});

const good = report([run('A1', 1), run('A2', 1.5)]);
test.each([
  ['all that must be', good, true],
  ['a task that landed twice', { ...good, landed: ['A1', 'A2', 'A2'] }, false],
  ['a task that did not land', { ...good, landed: ['A1'] }, false],
  ['two per cent lost', report([run('A1', 1), run('A2', 1.5, [LOST[0]!.replace('2.5', '8.0')])]), false],
  ['less than that', report([run('A1', 1), run('A2', 1.5, [LOST[0]!.replace('2.5', '7.9')])]), true],
  [
    'a claim of ten medians',
    report([run('A1', 0.5), run('A2', 0.5), run('A3', 5)], { landed: ['A1', 'A2'] }),
    false,
  ],
  ['something unsound', { ...good, violations: ['A lock was left.'] }, false],
])('%s: reached or not', (_, given, met) => {
  const printed = printReport(given);
  expect(printed.met).toBe(met);
  expect(printed.lines.some((line) => line.endsWith('| NO |'))).toBe(!met);
  for (const sentence of given.violations) expect(printed.lines).toContain(`- ${sentence}`);
});
