import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type EndedRun, STREAKS_FILE } from '../../../src/plan/streak.ts';
import { readOwnRests } from '../../../src/run/claim/own-rest.ts';
import { forgetStreaks, noteRun, readStreaks } from '../../../src/run/streak/streak-store.ts';
import { appendUsage } from '../../../src/run/usage/ledger.ts';
import { taskKey } from '../../../src/task/id.ts';
import { makeRole } from '../../unit/plan/make.ts';
import { openTestProject } from '../worktree/open-test-project.ts';

const red: EndedRun = {
  ...{ run: 'R', task: 'A1', outcome: 'red', failure: null, reason: 'red', retryAfter: null, spent: false },
};

test('a streak lasts from run to run, and its file only as long as there is one', async () => {
  const { project } = await openTestProject();
  const path = join(project.repository.rotaDir, STREAKS_FILE);
  await noteRun(project, 'developer', { ...red, outcome: 'landed' });
  expect(existsSync(path)).toBe(false);
  await noteRun(project, 'developer', red);
  await noteRun(project, 'tester', red);
  const { before, after } = await noteRun(project, 'developer', red);
  expect([before?.count, after?.count]).toEqual([1, 2]);
  await noteRun(project, 'developer', { ...red, outcome: 'interrupted' });
  expect([...(await readStreaks(project))].map(([role, { count }]) => [role, count])).toEqual([
    ['developer', 2],
    ['tester', 1],
  ]);
  await noteRun(project, 'developer', { ...red, outcome: 'landed' });
  await noteRun(project, 'tester', { ...red, outcome: 'proposed' });
  expect(existsSync(path)).toBe(false);
  expect(readdirSync(project.repository.rotaDir).filter((name) => name.endsWith('.new'))).toEqual([]);
});

test('what is forgotten is one role, or all, and those that had paused are named', async () => {
  const { project } = await openTestProject();
  for (let n = 0; n < 3; n++) await noteRun(project, 'developer', red);
  await noteRun(project, 'tester', red);
  expect(await forgetStreaks(project, 'nobody')).toEqual([]);
  expect(await forgetStreaks(project, 'tester')).toEqual([]);
  expect(await forgetStreaks(project, 'developer')).toEqual(['developer']);
  expect((await readStreaks(project)).size).toBe(0);
  for (let n = 0; n < 3; n++) await noteRun(project, 'developer', red);
  expect(await forgetStreaks(project, null)).toEqual(['developer']);
  expect(await forgetStreaks(project, null)).toEqual([]);
});

test('runs that end at the same time are all counted', async () => {
  const { project } = await openTestProject();
  await Promise.all(Array.from({ length: 12 }, () => noteRun(project, 'developer', red)));
  expect((await readStreaks(project)).get('developer')?.count).toBe(12);
});

test.each([
  ['', 0],
  ['{', 0],
  ['null', 0],
  ['[]', 0],
  ['{"v":2,"roles":{"developer":{"count":3,"runs":[],"pause":null}}}', 0],
  ['{"v":1,"roles":{"developer":{"count":"3","runs":[],"pause":null}}}', 0],
  ['{"v":1,"roles":{"developer":{"count":3,"runs":[5],"pause":null}}}', 0],
  ['{"v":1,"roles":{"developer":{"count":3,"runs":[],"pause":{"since":1}}}}', 0],
  ['{"v":1,"roles":{"developer":{"count":3,"runs":[],"pause":null},"tester":5}}', 1],
])('%s in its place only means that counting starts again', async (text, roles) => {
  const { project } = await openTestProject();
  await noteRun(project, 'x', red);
  writeFileSync(join(project.repository.rotaDir, STREAKS_FILE), text);
  expect((await readStreaks(project)).size).toBe(roles);
  await noteRun(project, 'developer', red);
  expect((await readStreaks(project)).get('developer')?.count).toBe(roles === 1 ? 4 : 1);
});

test('why a role rests: its own pause, a budget of the day, budgets of tasks', async () => {
  const { project } = await openTestProject();
  const developer = makeRole('developer', { budget: [{ tokens: 50, usd: null, per: 'task' }] });
  const tester = makeRole('tester');
  const config = { budget: [{ tokens: 200, usd: null, per: 'day' as const }] };
  const read = () => readOwnRests(project, { roles: [developer, tester], config } as never);
  const used = async (turn: number, task: string, role: string, input: number) =>
    appendUsage(project, {
      ...{ time: project.system.clock.now().toISOString(), run: 'R1', turn, role, task, agent: 'claude' },
      usage: { input, cached: 0, output: 0, usd: null },
    });
  expect((await read()).get('developer')).toEqual({ pause: null, budget: null, spent: new Map() });
  await used(1, 'A1', 'developer', 30);
  await used(2, 'A001', 'developer', 20);
  await used(3, 'A2', 'developer', 49);
  await used(4, 'A3', 'tester', 99);
  const before = await read();
  expect([...before.get('developer')!.spent.keys()]).toEqual([taskKey('A1')]);
  expect(before.get('tester')).toEqual({ pause: null, budget: null, spent: new Map() });
  await used(5, 'A3', 'tester', 2);
  for (let n = 0; n < 3; n++) await noteRun(project, 'tester', red);
  const after = await read();
  expect(after.get('developer')).toMatchObject({
    pause: null,
    budget: expect.stringContaining('the budget of 200 tokens a day is spent: 200 tokens'),
  });
  expect(after.get('tester')?.pause).toBe(
    'role tester paused itself: 3 runs in a row on this machine did not land: A1 red, A1 red, A1 red (`rota resume tester`)',
  );
});
