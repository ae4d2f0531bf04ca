import { expect, test } from 'vitest';
import { RotaError } from '../../../src/errors.ts';
import { judgeLock } from '../../../src/plan/staleness.ts';
import { keepLock } from '../../../src/run/claim/keep-lock.ts';
import { landOrUnreserve } from '../../../src/run/land/land-or-unreserve.ts';
import { patientProject } from '../../../src/run/land/patient-project.ts';
import type { Project } from '../../../src/run/project/project.ts';
import { taskRef } from '../../../src/store/records/task-ref.ts';
import { taskKey } from '../../../src/task/id.ts';
import { sandbox, type TestRepo } from '../../support/repo.ts';
import { BRANCH, CONFIG, FILES } from '../worktree/open-test-project.ts';
import { type FinishedWork, finishedWork } from './finished-work.ts';

const GATE = `'git rev-parse "HEAD^{tree}" >> "$HOME/gated"'`;
const MINUTE = 60_000;

interface FarWork {
  readonly at: FinishedWork;
  readonly hub: TestRepo;
  /** Whether calls get through at this moment of the clock. */
  readonly network: { up: (now: number) => boolean; asked: number };
  /** The project on a clock that does not wait for what has this `stop`; what takes its time takes it. */
  readonly project: Project;
  readonly stop: AbortSignal;
  readonly clock: { now: number; readonly waits: number[] };
  notices(): string[];
}

/** Finished work in a clone whose remote can be gone. */
async function farWork(): Promise<FarWork> {
  const box = sandbox();
  const repo = box.repo('repo', { ...FILES, 'rota.yaml': CONFIG.replace('gate: none', `gate: [${GATE}]`) });
  const hub = box.bare('hub.git');
  repo.git('push', '-q', hub.root, 'main');
  repo.git('remote', 'add', 'origin', `file://${hub.root}`);
  const at = await finishedWork({ 'src/new.txt': 'new\n' }, '', repo);
  const network = { up: (_now: number) => true, asked: 0 };
  const clock = { now: 0, waits: [] as number[] };
  const passing = () => {
    network.asked += 1;
    return network.up(clock.now);
  };
  const reason = 'could not resolve host';
  const { signal: stop } = new AbortController();
  const { refs, moveMain, system } = at.project;
  const project: Project = {
    ...at.project,
    refs: {
      ...refs,
      read: async () => {
        if (!passing()) throw new RotaError('remote', reason);
        return refs.read();
      },
      swap: async (changes) => (passing() ? refs.swap(changes) : { kind: 'unreachable', reason }),
    },
    moveMain: async (move) => (passing() ? moveMain(move) : { kind: 'unreachable', reason }),
    branches: null,
    system: {
      ...system,
      clock: {
        ...system.clock,
        monotonic: () => clock.now,
        wait: async (ms, signal) => {
          if (signal !== stop) return system.clock.wait(ms, signal);
          clock.waits.push(ms);
          clock.now += ms;
        },
      },
    },
  };
  const notices = () => at.events.flatMap(({ event }) => (event.type === 'notice' ? [event.message] : []));
  return { at, hub, network, project, stop, clock, notices };
}

function landings({ hub }: FarWork): string[] {
  const runs = hub.git('log', '--first-parent', '--format=%(trailers:key=Run,valueonly,separator=)', 'main');
  return runs.split('\n').filter((line) => line !== '');
}

test('the remote is gone when the work is finished: it waits longer and longer, and lands', async () => {
  const far = await farWork();
  const { at, network, project, stop, clock } = far;
  network.up = (now) => now > 5 * MINUTE;
  const end = await landOrUnreserve(project, at.work({ stop }));
  expect(end).toMatchObject({ kind: 'landed' });
  expect(landings(far)).toEqual([at.lock.run]);
  expect(at.gated()).toHaveLength(1);
  const { waits } = clock;
  for (const [index, wait] of waits.entries()) {
    const middle = Math.min(MINUTE, 1_000 * 2 ** index);
    expect(wait).toBeGreaterThanOrEqual(middle / 2);
    expect(wait).toBeLessThan(middle * 1.5);
  }
  expect(new Set(waits.map((wait, index) => wait / Math.min(60, 2 ** index))).size).toBe(waits.length);
  expect(waits.length).toBeGreaterThan(7);
  expect(network.asked).toBeLessThan(30);
  expect(far.notices()).toEqual([
    'the landing waits for the remote: could not resolve host',
    'the remote is there again',
  ]);
});

test('it goes while the gate runs: the gate holds when it is back', async () => {
  const far = await farWork();
  const { at, network, project, stop } = far;
  network.up = (now) => now > MINUTE || at.gated().length === 0;
  expect(await landOrUnreserve(project, at.work({ stop }))).toMatchObject({ kind: 'landed' });
  expect(at.gated()).toHaveLength(1);
  expect(landings(far)).toEqual([at.lock.run]);
});

test('the answer to the push is lost with the remote: read when it is back, and landed once', async () => {
  const far = await farWork();
  const { at, project, stop, hub } = far;
  let pushes = 0;
  const moveMain: Project['moveMain'] = async (move) => {
    pushes += 1;
    expect(await project.moveMain(move)).toMatchObject({ kind: 'moved' });
    // Others land on top before this worker can look.
    const args = ['-c', 'user.name=Other', '-c', 'user.email=other@example.org', 'commit-tree', '-p', 'main'];
    hub.git('update-ref', 'refs/heads/main', hub.git(...args, '-m', 'feat: theirs', 'main^{tree}'));
    return { kind: 'unreachable', reason: 'connection reset' };
  };
  const end = await landOrUnreserve({ ...project, moveMain }, at.work({ stop }));
  expect(end).toMatchObject({ kind: 'landed' });
  expect(pushes).toBe(1);
  expect(landings(far)).toEqual([at.lock.run]);
});

test('a push that arrives after it was looked for: the next one finds out, and nothing lands twice', async () => {
  const far = await farWork();
  const { at, project, stop } = far;
  let calls = 0;
  const moveMain: Project['moveMain'] = async (move) => {
    calls += 1;
    if (calls === 1) return { kind: 'unreachable', reason: 'connection reset' };
    await project.moveMain(move);
    return project.moveMain(move);
  };
  const end = await landOrUnreserve({ ...project, moveMain }, at.work({ stop }));
  expect(end).toMatchObject({ kind: 'landed' });
  expect(calls).toBe(2);
  expect(landings(far)).toEqual([at.lock.run]);
});

test('it stays away: the landing stops before the lock could have been taken over, and the work is kept', async () => {
  const far = await farWork();
  const { at, network, project, clock, hub } = far;
  network.up = (now) => now === 0 && at.gated().length === 0;
  const [lost, over] = [new AbortController(), new AbortController()];
  // Both wait on the same clock here, one after the other; each renewal comes when its time has come.
  const sleepers = new Map<number, () => void>();
  const wait = async (ms: number, signal?: AbortSignal) => {
    if (signal !== lost.signal && signal !== over.signal) return at.project.system.clock.wait(ms, signal);
    if (signal === lost.signal) {
      clock.now += ms;
      for (const [time, wake] of sleepers) if (time <= clock.now && sleepers.delete(time)) wake();
      await new Promise((resume) => setImmediate(resume));
      return;
    }
    if (signal.aborted) return;
    await new Promise<void>((resume) => {
      sleepers.set(clock.now + ms, resume);
      signal.addEventListener('abort', () => resume(), { once: true });
    });
  };
  const system = { ...project.system, clock: { ...project.system.clock, wait } };
  const keeping = keepLock({ ...project, system }, at.lock, over.signal, () => lost.abort('lost'));
  const end = await landOrUnreserve({ ...project, system }, at.work({ stop: lost.signal }));
  over.abort();
  await keeping;
  expect(end).toMatchObject({ kind: 'failed', reason: expect.stringContaining(`the work is on ${BRANCH}`) });
  expect(lost.signal.aborted).toBe(true);
  expect(clock.now).toBeGreaterThan(9 * MINUTE);
  const elsewhere = { machine: 'b', host: 'b', pidNamespace: 'b', boot: 'b', process: 'unreadable' } as const;
  const { verdict } = judgeLock(at.lock.record.lock!, { ...elsewhere, seenUnchangedFor: clock.now });
  expect(verdict).toBe('unknown');
  expect(landings(far)).toEqual([]);
  expect(at.repo.git('show', `${BRANCH}:src/new.txt`)).toBe('new');
  expect(hub.git('for-each-ref', '--format=%(objectname)', taskRef(taskKey('A1')))).toBe(at.lock.token);
});

test('main is rewritten while the gate runs: nothing lands, and it is said', async () => {
  const far = await farWork();
  const { at, project, stop, hub } = far;
  const args = [
    '-c',
    'user.name=Other',
    '-c',
    'user.email=other@example.org',
    'commit-tree',
    '-m',
    'feat: other',
  ];
  const other = hub.git(...args, 'main^{tree}');
  const emit: Project['emit'] = ({ event }) => {
    if (event.type === 'gate') hub.git('update-ref', 'refs/heads/main', other);
  };
  const landing = landOrUnreserve({ ...project, emit }, at.work({ stop }));
  await expect(landing).rejects.toMatchObject({ code: 'rewritten' });
  expect(hub.git('rev-parse', 'main')).toBe(other);
});

test('nobody who keeps the lock speaks up: it stops all the same', async () => {
  const { at, network, project, stop, clock } = await farWork();
  network.up = () => false;
  expect(await landOrUnreserve(project, at.work({ stop }))).toMatchObject({ kind: 'failed' });
  expect(clock.now).toBeLessThanOrEqual(14 * MINUTE);
});

test('a person stops it while it waits: interrupted', async () => {
  const { at, network, project } = await farWork();
  network.up = () => false;
  const stop = new AbortController();
  const wait = async (ms: number, signal?: AbortSignal) =>
    signal === stop.signal ? stop.abort('SIGTERM') : at.project.system.clock.wait(ms, signal);
  const system = { ...project.system, clock: { ...project.system.clock, wait } };
  const end = await landOrUnreserve({ ...project, system }, at.work({ stop: stop.signal }));
  expect(end).toMatchObject({ kind: 'interrupted' });
});

test('the answer to a record is lost: it is read, and written once', async () => {
  const { at, project, stop } = await farWork();
  const to = await at.takenByAnother();
  const changes = [{ ref: taskRef(taskKey('A1')), from: at.lock.token, to }];
  let swaps = 0;
  const swap: Project['refs']['swap'] = async (wished) => {
    swaps += 1;
    expect(await project.refs.swap(wished)).toEqual({ kind: 'swapped' });
    return { kind: 'unreachable', reason: 'connection reset' };
  };
  const patient = patientProject({ ...project, refs: { ...project.refs, swap } }, at.work({ stop }));
  expect(await patient.refs.swap(changes)).toEqual({ kind: 'swapped' });
  expect(swaps).toBe(1);
});
