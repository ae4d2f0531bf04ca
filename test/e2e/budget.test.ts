import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { expectSound } from '../support/aftermath.ts';
import { type FakeClient, type FakeTurn, fakeClient } from '../support/fake-client.ts';
import { expectTidy, type Scene, type SceneWish, scene, taskFile, taskText } from '../support/scene.ts';
import { resultText } from '../support/scripted-agent.ts';
import { until } from '../support/until.ts';

/** The sample `done` reads 6086 tokens, writes 126 and costs 0.02468 dollars. */
async function withBudget(budget: string, wish: SceneWish = {}): Promise<[Scene, FakeClient]> {
  const s = await scene({ config: { agents: '{mine: {preset: claude}}', budget }, ...wish });
  const fake = fakeClient(join(s.box.folder, 'desk'), 'claude');
  s.box.env['PATH'] = `${fake.bin}:${s.box.env['PATH']}`;
  return [s, fake];
}

const DONE: FakeTurn = {
  sample: 'done',
  write: { 'src/greet.txt': 'good day\n' },
  result: resultText('outcome: done\nsummary: greets'),
};
/** Says all that it used and does not end. */
const ENDLESS: FakeTurn = { sample: 'done', write: { 'src/half.txt': 'half\n' }, hang: true };
const TWO = { [taskFile('A1')]: taskText('A1'), [taskFile('A2')]: taskText('A2') };
const DAY_SPENT = expect.stringMatching(
  /the budget of 6k tokens a day is spent: 6\.3k tokens; there is more from \d{4}-\d\d-\d\d 00:00 UTC on/,
);

test('over a budget of the day nothing is started, not even by name, and everybody says why', async () => {
  const [s, fake] = await withBudget('{tokens: 6k}', { tasks: TWO });
  fake.script(DONE);
  expect(await s.run()).toMatchObject({ doc: { outcome: 'landed', usage: { input: 6086, output: 126 } } });
  expect(await s.run()).toMatchObject({ code: 0, doc: { outcome: 'idle', reason: DAY_SPENT } });
  expect(await s.run('A2')).toMatchObject({ code: 0, doc: { outcome: 'idle', reason: DAY_SPENT } });
  expect(await s.rota(['shift'])).toMatchObject({ code: 0, doc: [] });
  const { doc: next } = await s.rota(['next', 'developer']);
  expect(next).toMatchObject({
    task: null,
    explain: expect.arrayContaining([{ id: 'A2', eligible: false, reason: DAY_SPENT, advice: null }]),
  });
  expect(fake.turns()).toBe(1);

  const { doc: usage } = await s.rota(['usage', '--by', 'task']);
  const used = { input: 6086, cached: 2000, output: 126, tokens: 6212, usd: 0.02468, runs: 1, turns: 1 };
  expect(usage).toMatchObject({
    ...{ by: 'task', since: null, rows: [{ key: 'A1', ...used, turnsWithoutCost: 0 }], total: used },
    budgets: [
      { role: null, per: 'day', tokens: 6000, usd: null, used: { tokens: 6212, usd: 0.02468 }, spent: true },
    ],
  });
  const { stdout } = await s.home.rota(['usage', '--by', 'day', '--since', '7d']);
  expect(stdout).toMatch(
    /^DAY +RUNS +TURNS +TOKENS +READ +CACHED +WRITTEN +COST\n\d{4}-\d\d-\d\d +1 +1 +6\.3k +6\.1k +2k +126 +\$0\.025\n/,
  );
  expect(stdout).toMatch(/Budgets\n {2}all roles: 6\.3k of 6k tokens today: spent, more from .* UTC on\n$/);
});

test('a running one is ended as soon as it is over, its work kept, and it was no attempt', async () => {
  const [s, fake] = await withBudget('{tokens: 6k}');
  fake.script(ENDLESS);
  const end = await s.run();
  expect(end).toMatchObject({
    code: 3,
    doc: { outcome: 'failed', reason: DAY_SPENT, usage: { input: 6086 } },
  });
  expect(s.home.git('show', `${end.doc.branch}:src/half.txt`)).toBe('half');
  const record = s.record('A1');
  expect(record).toMatchObject({ lock: null, attempts: 0, state: null });
  expect(record['not-before']).toMatch(/^\d{4}-\d\d-\d\dT00:00:00\.000Z$/);
  expect(s.onMain(taskFile('A1'))).not.toContain('lock:');
  expect((await s.rota(['status'])).doc.selfPaused).toEqual([]);
  const folder = join(s.home.root, '.git/rota');
  const { usage } = JSON.parse(readFileSync(join(folder, 'runs', end.doc.run, 'run.json'), 'utf8'));
  expect(usage).toEqual(end.doc.usage);
  expect(readdirSync(join(folder, 'usage/live'))).toEqual([]);
  expectTidy(s, end);
  await expectSound(s);
});

test('a budget of a run is a limit like the time limit: an attempt', async () => {
  const [s, fake] = await withBudget('{tokens: 6k, per: run}');
  fake.script(ENDLESS);
  const end = await s.run();
  const reason = 'the budget of 6k tokens a run is spent: 6.3k tokens';
  expect(end).toMatchObject({ code: 1, doc: { outcome: 'partial', reason } });
  expect(s.record('A1')).toMatchObject({ attempts: 1, lock: null });
  expect(s.home.git('show', `${end.doc.branch}:src/half.txt`)).toBe('half');
  expectTidy(s, end);
});

test('work that is done goes to the gate; a fix that nothing is left for is not begun', async () => {
  const [s, fake] = await withBudget('{tokens: 6k}', { role: { fixes: 2 } });
  fake.script({ ...DONE, write: { broken: 'yes\n' } });
  const end = await s.run();
  expect(end).toMatchObject({
    code: 3,
    doc: {
      outcome: 'failed',
      reason: expect.stringMatching(/test ! -e broken.*no further turn: the budget of 6k/),
    },
  });
  expect(fake.turns()).toBe(1);
  expect(s.record('A1')).toMatchObject({ attempts: 0, lock: null });
});

test('a budget of a task holds that task alone, and claude is told what is left in dollars', async () => {
  const [s, fake] = await withBudget('[]', { tasks: TWO, role: { budget: '{usd: 0.02, per: task}' } });
  fake.script({ ...DONE, write: { broken: 'yes\n' } }, DONE);
  expect((await s.run('A1')).doc.outcome).toBe('red');
  const argv = fake.argv(1);
  expect(argv.slice(argv.indexOf('--max-budget-usd')).slice(0, 2)).toEqual(['--max-budget-usd', '0.02']);
  const why = expect.stringMatching(
    /the budget of role developer of \$0\.02 a task is spent: \$0\.025; raise it/,
  );
  expect(await s.run('A1')).toMatchObject({ code: 0, doc: { outcome: 'idle', reason: why } });
  expect(await s.run()).toMatchObject({ doc: { outcome: 'landed', task: 'A2' } });
});

test('what a worker had used when it was killed is not forgotten', async () => {
  const [s, fake] = await withBudget('{tokens: 6k}', { tasks: TWO });
  fake.script({ ...ENDLESS, sample: 'done' });
  // Without a budget on main yet it runs on.
  s.home.commit('chore: no budget', { 'rota.yaml': s.home.read('rota.yaml').replace(/budget: .*\n/, '') });
  const running = s.start(['run', 'developer']);
  const live = join(s.home.root, '.git/rota/usage/live');
  const noted = () =>
    existsSync(live) &&
    readdirSync(live).some(
      (name) => name.endsWith('.json') && readFileSync(join(live, name), 'utf8').includes('6086'),
    );
  await until(noted, 'what the turn has used so far');
  running.kill('SIGKILL');
  await running.ended.catch(() => undefined);
  expect((await s.rota(['sweep'])).code).toBe(0);
  expect((await s.rota(['usage'])).doc.rows).toMatchObject([{ key: 'developer', input: 6086, turns: 1 }]);
  s.home.commit('chore: a budget', { 'rota.yaml': `${s.home.read('rota.yaml')}budget: {tokens: 6k}\n` });
  expect(await s.run()).toMatchObject({ doc: { outcome: 'idle', reason: DAY_SPENT } });
});

test('an agent that does not count is said once, and not held', async () => {
  const s = await scene({ config: { budget: '{tokens: 1}' } });
  s.agent.script('A1', [{ write: { 'src/greet.txt': 'good day\n' } }]);
  const end = await s.run();
  expect(end.doc.outcome).toBe('landed');
  expect(
    end.stderr.match(/mine did not say its tokens in turn 1, so the budget of that cannot count it/g),
  ).toHaveLength(1);
  expect((await s.home.rota(['usage'])).stdout).toMatch(/^Nothing was counted/);
});

test('usage refuses what it does not know', async () => {
  const s = await scene();
  for (const args of [
    ['--by', 'week'],
    ['--since', 'yesterday'],
    ['--since', '2026-02-30'],
    ['--since', '7'],
  ])
    expect(await s.rota(['usage', ...args])).toMatchObject({ code: 2, doc: { error: { code: 'usage' } } });
});
