import { expect, test } from 'vitest';
import { summarizeLog } from '../../../src/plan/log-summary.ts';
import { parseLogLine } from '../../../src/task/log-line.ts';

const entries = (...lines: string[]) =>
  lines.map((line) => parseLogLine(`2026-11-20 0${line}`)).filter((entry) => entry !== null);

test('landed, for people, not landed: each task once, with its last reason', () => {
  const log = entries(
    '1:00:00 UTC | developer | A1 | started | picked',
    '1:01:00 UTC | developer | A1 | red | npm test failed',
    '1:02:00 UTC | developer | A1 | landed | run 1',
    '1:03:00 UTC | developer | A2 | red | npm test failed',
    '1:04:00 UTC | developer | A2 | partial | half of it',
    '1:05:00 UTC | tester | A3 | blocked | which currency?',
    '1:06:00 UTC | tester | A4 | failed | rate limited',
    '1:07:00 UTC | tester | A5 | interrupted | SIGTERM',
  );
  const states = [
    { task: 'A2', state: null, reason: null },
    { task: 'A3', state: 'blocked' as const, reason: 'which currency?' },
    { task: 'A9', state: 'held' as const, reason: 'rota.yaml was changed' },
    { task: 'A8', state: 'waiting' as const, reason: 'index.lock' },
  ];
  expect(summarizeLog(log, states)).toEqual({
    landed: [{ task: 'A1', what: 'developer', detail: 'run 1' }],
    forPeople: [
      { task: 'A3', what: 'blocked', detail: 'which currency?' },
      { task: 'A9', what: 'held', detail: 'rota.yaml was changed' },
    ],
    notLanded: [
      { task: 'A2', what: 'partial', detail: 'half of it', tries: 2 },
      { task: 'A4', what: 'failed', detail: 'rate limited', tries: 1 },
    ],
  });
});

test('a quiet night', () => {
  expect(summarizeLog([], [])).toEqual({ landed: [], forPeople: [], notLanded: [] });
});
