import { expect, test } from 'vitest';
import { claimedRecord } from '../../../src/plan/claimed-record.ts';
import type { TaskRecord } from '../../../src/plan/record.ts';
import { decideRelease } from '../../../src/plan/release.ts';
import { makeLock, makeRecord, makeTask } from './make.ts';

const MINUTE = 60_000;

/** One more run that fails because of its surroundings, `now` milliseconds after the first. */
function failAgain(previous: TaskRecord | null, now: number, edited = false): TaskRecord {
  const claimed = claimedRecord({
    ...{ task: makeTask('A1'), lock: makeLock(), previous, edited, of: 'hash', publish: null },
    started: 'started',
  });
  const { record } = decideRelease({
    ...{ outcome: 'failed', record: claimed, role: { attempts: 3 }, run: 'r', reason: 'no disk' },
    ...{ question: null, details: null, waiting: null, pr: null, now: new Date(now), random: 0 },
  });
  return record!;
}

function waitOf({ notBefore }: TaskRecord, now: number): number {
  return (Date.parse(notBefore!) - now) / MINUTE;
}

test('claims in between do not hide how long the last backoff was', () => {
  const waits: number[] = [];
  let record: TaskRecord | null = null;
  let now = 0;
  for (let run = 0; run < 8; run++) {
    record = failAgain(record, now);
    waits.push(waitOf(record, now));
    now = Date.parse(record.notBefore!) + 1;
  }
  expect(waits).toEqual([1, 2, 4, 8, 16, 32, 60, 60]);
});

test('a person edited the task: the backoff starts again', () => {
  const twice = failAgain(failAgain(null, 0), MINUTE);
  expect(waitOf(twice, MINUTE)).toBe(2);
  expect(waitOf(failAgain(twice, 2 * MINUTE, true), 2 * MINUTE)).toBe(1);
});

test('a released record keeps no backoff of a run before', () => {
  const record = { ...makeRecord({ attempts: 1 }), notBefore: new Date(0).toISOString() };
  const { record: after } = decideRelease({
    ...{ outcome: 'red', record, role: { attempts: 3 }, run: 'r', reason: null },
    ...{ question: null, details: null, waiting: null, pr: null, now: new Date(9), random: 0 },
  });
  expect(after?.notBefore).toBe(null);
});
