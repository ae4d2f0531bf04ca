import { expect, test } from 'vitest';
import { shift } from '../../../src/run/shift.ts';
import type { RunResult } from '../../../src/run/work/run-result.ts';
import type { RunWish } from '../../../src/run/work/worker.ts';
import { CONFIG, FILES, openTestProject, ROLE } from '../worktree/open-test-project.ts';

const TWO_ROLES = {
  ...FILES,
  'rota.yaml': `${CONFIG}workers: 2\n`,
  'roles/tester.md': ROLE.replace('role: developer', 'role: tester').replace(
    /takes: .*/,
    'takes: {type: []}',
  ),
  'roles/sweeper.md': '---\nrole: sweeper\ntakes: {type: []}\n---\nNo agent.\n',
};

type Answer = [RunResult['outcome'], string | null];

/** Runs that answer from a list for each role, then idle; `most` counts those at once. */
function scripted(answers: Record<string, Answer[]>) {
  const asked: RunWish[] = [];
  const seen = { asked, most: 0, now: 0 };
  const runRole = async (_: unknown, wish: RunWish): Promise<RunResult> => {
    asked.push(wish);
    seen.most = Math.max(seen.most, ++seen.now);
    await new Promise((done) => setImmediate(done));
    seen.now -= 1;
    const [outcome, task] = answers[wish.role]?.shift() ?? (['idle', null] as const);
    return { outcome, task, role: wish.role } as RunResult;
  };
  return { seen, runRole };
}

const stop = new AbortController().signal;

test('roles take turns, as many at once as workers says, until nothing is eligible', async () => {
  const { project } = await openTestProject(TWO_ROLES);
  const { seen, runRole } = scripted({
    developer: [
      ['landed', 'A1'],
      ['red', 'A2'],
      ['landed', 'A2'],
    ],
    tester: [['landed', 'A3']],
  });
  const results = await shift(project, { once: false, stop, runRole });
  expect(results.map(({ role, outcome, task }) => [role, outcome, task])).toEqual(
    expect.arrayContaining([
      ['developer', 'landed', 'A1'],
      ['developer', 'red', 'A2'],
      ['developer', 'landed', 'A2'],
      ['tester', 'landed', 'A3'],
    ]),
  );
  expect(results).toHaveLength(4);
  expect(seen.most).toBe(2);
  expect(new Set(seen.asked.map(({ role }) => role))).toEqual(new Set(['developer', 'tester']));
});

test('a role that found nothing is asked again once another run has ended', async () => {
  const { project } = await openTestProject(TWO_ROLES);
  const { runRole } = scripted({
    developer: [['landed', 'A1']],
    tester: [
      ['idle', null],
      ['landed', 'A3'],
    ],
  });
  const results = await shift(project, { once: false, stop, runRole });
  expect(results.map(({ task }) => task).toSorted()).toEqual(['A1', 'A3']);
});

test.each(['waiting', 'held', 'failed', 'revoked', 'refused', 'interrupted', 'main-red'] as const)(
  'a task that ended %s is not taken again in this shift',
  async (outcome) => {
    const { project } = await openTestProject(TWO_ROLES);
    const { seen, runRole } = scripted({
      developer: [
        [outcome, 'A1'],
        ['landed', 'A2'],
      ],
    });
    await shift(project, { once: false, stop, runRole });
    expect([...(seen.asked.findLast(({ role }) => role === 'developer')?.except ?? [])]).toEqual(['A1']);
  },
);

test('once: one task a role', async () => {
  const { project } = await openTestProject(TWO_ROLES);
  const { seen, runRole } = scripted({
    developer: [
      ['landed', 'A1'],
      ['landed', 'A2'],
    ],
    tester: [
      ['red', 'A3'],
      ['landed', 'A3'],
    ],
  });
  const results = await shift(project, { once: true, stop, runRole });
  expect(results.map(({ task }) => task).toSorted()).toEqual(['A1', 'A3']);
  expect(seen.asked).toHaveLength(2);
});

test('stopped: what runs ends, nothing new starts', async () => {
  const { project } = await openTestProject(TWO_ROLES);
  const controller = new AbortController();
  const { seen, runRole } = scripted({
    developer: [
      ['interrupted', 'A1'],
      ['landed', 'A2'],
    ],
    tester: [['interrupted', 'A3']],
  });
  const results = await shift(project, {
    once: false,
    stop: controller.signal,
    runRole: (at, wish) => {
      controller.abort('SIGINT');
      return runRole(at, wish);
    },
  });
  expect(results).toHaveLength(1);
  expect(seen.asked).toHaveLength(1);
});

test('a failure that is no outcome is thrown after the other runs have ended', async () => {
  const { project } = await openTestProject(TWO_ROLES);
  let ended = false;
  const runRole = async (_: unknown, { role }: RunWish): Promise<RunResult> => {
    if (role === 'developer') throw new Error('no config');
    await new Promise((done) => setImmediate(done));
    ended = true;
    return { outcome: 'landed', task: 'A3', role } as RunResult;
  };
  await expect(shift(project, { once: false, stop, runRole })).rejects.toThrow('no config');
  expect(ended).toBe(true);
});
