import { expect, test } from 'vitest';
import { sweepForFleet } from '../../../src/run/fleet/sweep-for-fleet.ts';
import { freshRun, lockOf } from '../sweep/dead-run.ts';
import { hold } from '../sweep/task-records.ts';
import { openTestProject } from '../worktree/open-test-project.ts';

const START = 1_000_000;
const MINUTE = 60_000;
const OTHER = { machine: 'other', host: 'other' };

/** A project whose clock goes on by waiting; `at` is called before each wait. */
async function project(at: (minutes: number) => Promise<void> = async () => undefined) {
  const opened = await openTestProject();
  let now = START;
  const clock = {
    ...opened.project.system.clock,
    monotonic: () => now,
    wait: async (ms: number) => {
      await at((now - START) / MINUTE);
      now += ms;
    },
  };
  const watching = { ...opened.project, system: { ...opened.project.system, clock } };
  return { ...opened, watching, minutes: () => (now - START) / MINUTE };
}

const { signal } = new AbortController();

test('nobody works elsewhere: over at once', async () => {
  const at = await project();
  await hold(at.project, { lock: lockOf(at.project, freshRun()) });
  expect((await sweepForFleet(at.watching, signal)).freed).toMatchObject([{ task: 'A1' }]);
  expect(at.minutes()).toBe(0);
});

test('a machine that vanished: watched until its task is free', async () => {
  const at = await project();
  await hold(at.project, { lock: lockOf(at.project, freshRun(), OTHER) });
  expect((await sweepForFleet(at.watching, signal)).freed).toMatchObject([{ task: 'A1' }]);
  expect(at.minutes()).toBe(15);
});

test('a machine that lives: over as soon as it has renewed its lock', async () => {
  let renew = async () => {};
  const at = await project(async (minutes) => {
    if (minutes === 4) await renew();
  });
  const run = freshRun();
  renew = () => hold(at.project, { lock: lockOf(at.project, run, OTHER) }).then(() => undefined);
  await renew();
  expect((await sweepForFleet(at.watching, signal)).freed).toEqual([]);
  expect(at.minutes()).toBe(5);
});

test('a signal ends it', async () => {
  const stop = new AbortController();
  const at = await project(async () => stop.abort('SIGTERM'));
  await hold(at.project, { lock: lockOf(at.project, freshRun(), OTHER) });
  expect((await sweepForFleet(at.watching, stop.signal)).freed).toEqual([]);
  expect(at.minutes()).toBe(1);
});
