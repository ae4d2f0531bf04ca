import { expect, test } from 'vitest';
import { pickTask } from '../../../src/plan/pick.ts';
import type { HeldRecord } from '../../../src/plan/record.ts';
import { FIRST, spreadOf } from '../../../src/plan/spread.ts';
import { taskKey } from '../../../src/task/id.ts';
import type { TaskKey } from '../../../src/task/task.ts';
import { makeFacts, makeLock, makeRecord, makeTask } from './make.ts';

const equal = ['A10', 'A9', 'A2', 'A1'].map((id) => makeTask(id));
const picked = (width: number, fraction: number, tasks = equal) =>
  pickTask(makeFacts(tasks), null, { width, fraction }).task?.id;

test('of equal tasks one of the next few is taken, in the order of their ids; the others are out of its reach', () => {
  expect(picked(FIRST.width, 0.999)).toBe('A1');
  expect([0, 0.3, 0.6, 0.999].map((fraction) => picked(3, fraction))).toEqual(['A1', 'A1', 'A2', 'A9']);
  expect(picked(100, 0.999)).toBe('A10');
});

test('what comes first by priority, order or what waits for it is taken all the same', () => {
  for (const first of [
    makeTask('B1', { priority: 'high' }),
    makeTask('B1', { order: 1 }),
    // C1 waits for it.
    makeTask('B1'),
  ]) {
    const tasks = [...equal, first, makeTask('C1', { depends: ['B1'] })];
    expect([0, 0.5, 0.999].map((fraction) => picked(256, fraction, tasks))).toEqual(['B1', 'B1', 'B1']);
  }
});

test('a named task is taken whatever the spread', () => {
  const { task } = pickTask(makeFacts(equal), taskKey('A9'), { width: 256, fraction: 0 });
  expect(task?.id).toBe('A9');
});

test('it widens with the workers of other machines and with each lost race, up to a bound', () => {
  const facts = (unknown: number, live: number) => {
    const holder = (key: string) => (Number(key.slice(1)) <= unknown ? 'unknown' : 'live');
    const records = Array.from({ length: unknown + live }, (_, n): [TaskKey, HeldRecord] => [
      taskKey(`A${n + 1}`),
      { token: 't', record: makeRecord({ lock: makeLock() }) },
    ]);
    // Free, and of a newer rota: nobody is known to work on these.
    const others: [TaskKey, HeldRecord][] = [
      [taskKey('B1'), { token: 't', record: makeRecord({ lock: null }) }],
      [taskKey('B2'), { token: 't', record: null }],
    ];
    return { records: new Map([...records, ...others]), liveness: holder };
  };
  const width = (unknown: number, live: number, lost: number) =>
    spreadOf(facts(unknown, live), lost, 0.5).width;
  // Whoever has only workers of the own machine beside it queues with them.
  expect(width(0, 0, 0)).toBe(1);
  expect(width(0, 5, 0)).toBe(1);
  expect(width(1, 5, 0)).toBe(5);
  expect(width(28, 4, 0)).toBe(113);
  expect(width(0, 0, 1)).toBe(8);
  expect(width(0, 0, 2)).toBe(64);
  expect(width(3, 0, 1)).toBe(13);
  expect(width(1000, 0, 29)).toBe(256);
});
