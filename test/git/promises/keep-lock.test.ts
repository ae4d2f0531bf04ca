import { expect, test } from 'vitest';
import { RotaError } from '../../../src/errors.ts';
import { judgeLock } from '../../../src/plan/staleness.ts';
import { keepLock, type LostLock } from '../../../src/run/claim/keep-lock.ts';
import type { Project } from '../../../src/run/project/project.ts';
import { taskRef } from '../../../src/store/records/task-ref.ts';
import { taskKey } from '../../../src/task/id.ts';
import { type FinishedWork, finishedWork } from './finished-work.ts';

const REF = taskRef(taskKey('A1'));

/**
 * Keeps the lock on a clock that runs as fast as it can, for two hours of its time at most.
 *
 * @returns what was lost, and after how many milliseconds of that clock
 */
async function keep(
  at: FinishedWork,
  refs: Partial<Project['refs']> = {},
  time: { now: number } = { now: 0 },
) {
  const over = new AbortController();
  const clock = {
    ...at.project.system.clock,
    monotonic: () => time.now,
    wait: async (ms: number) => {
      // A real one is never early.
      time.now += ms + 1;
      if (time.now > 2 * 60 * 60_000) over.abort();
    },
  };
  const project = {
    ...at.project,
    system: { ...at.project.system, clock },
    refs: { ...at.project.refs, ...refs },
  };
  const lost: LostLock[] = [];
  await keepLock(project, at.lock, over.signal, (what) => lost.push(what));
  return { lost, after: time.now };
}

test('a worker that cannot renew stops itself before a sweep elsewhere may free its task', async () => {
  const at = await finishedWork();
  const reason = 'the network is down';
  const { lost, after } = await keep(at, { swap: async () => ({ kind: 'unreachable', reason }) });
  expect(lost).toMatchObject([{ outcome: 'failed' }]);
  const elsewhere = {
    machine: 'other',
    host: 'other',
    pidNamespace: 'other',
    boot: 'other',
    process: 'unreadable',
  } as const;
  const { verdict } = judgeLock(at.lock.record.lock!, { ...elsewhere, seenUnchangedFor: after });
  expect(verdict).toBe('unknown');
});

test('nor does it try for too long where each try hangs for minutes before it fails', async () => {
  const at = await finishedWork();
  const time = { now: 0 };
  const swap = async () => {
    time.now += 3 * 60_000;
    return { kind: 'unreachable', reason: 'timed out' } as const;
  };
  const { lost, after } = await keep(at, { swap }, time);
  expect(lost).toMatchObject([{ outcome: 'failed' }]);
  expect(after).toBeLessThan(14 * 60_000);
});

test('a renewal that failed is tried again within a minute or so', async () => {
  const at = await finishedWork();
  const { swap } = at.project.refs;
  const [time, renewed] = [{ now: 0 }, [] as number[]];
  const { lost } = await keep(
    at,
    {
      swap: async (changes) => {
        if (time.now < 6.5 * 60_000) return { kind: 'unreachable', reason: 'a moment' };
        renewed.push(time.now);
        const swapped = await swap(changes);
        // That is all there is to see.
        time.now += 2 * 60 * 60_000;
        return swapped;
      },
    },
    time,
  );
  expect(lost).toEqual([]);
  expect(renewed[0]).toBeLessThan(7.5 * 60_000);
});

test('main that was rewritten stops the worker at once, and it says so', async () => {
  const at = await finishedWork();
  const read = async () => {
    throw new RotaError('rewritten', 'main on the remote was rewritten');
  };
  const { lost, after } = await keep(at, { read });
  expect(lost).toEqual([{ outcome: 'failed', reason: 'main on the remote was rewritten' }]);
  expect(after).toBeLessThan(6 * 60_000);
});

test('one renewal that fails is no reason to stop', async () => {
  const at = await finishedWork();
  const { swap } = at.project.refs;
  let calls = 0;
  const { lost } = await keep(at, {
    swap: async (changes) =>
      ++calls % 2 === 1 ? { kind: 'unreachable', reason: 'a moment' } : swap(changes),
  });
  expect(lost).toEqual([]);
  expect(calls).toBeGreaterThan(20);
});

test('a renewal that cannot even be written is one that fails, and no crash', async () => {
  const at = await finishedWork();
  const full = async () => {
    throw new RotaError('files', 'no space left on the disk');
  };
  const { lost } = await keep(at, { swap: full });
  expect(lost).toMatchObject([{ outcome: 'failed' }]);
});

test('a lock that another run has taken is lost, and stays with that run', async () => {
  const at = await finishedWork();
  const other = await at.takenByAnother();
  at.repo.git('update-ref', REF, other);
  const { lost } = await keep(at);
  expect(lost).toMatchObject([{ outcome: 'revoked' }]);
  expect(at.record()).toBe(other);
});
