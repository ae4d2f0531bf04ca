import { describe, expect, test } from 'vitest';
import { expectTidy, type Hub, type Scene, scene, taskFile } from '../../support/scene.ts';

const BRANCH = 'ai/developer/A1-greet-from-a1';

/** What people do to a task that a worker has; each takes it away. */
const WAYS: readonly [string, (s: Scene) => void | Promise<void>][] = [
  ['deletes the lock block', (s) => s.edit('A1', (text) => text.replace(/^lock: .*\n/m, ''))],
  ['sets the status', (s) => s.edit('A1', (text) => text.replace(/^status: \S+/m, 'status: draft'))],
  ['writes a block of their own', (s) => s.edit('A1', (text) => text.replace(/^lock: .*$/m, 'lock: mike'))],
  ['calls rota unlock', async (s) => void expect(await s.rota(['unlock', 'A1'])).toMatchObject({ code: 0 })],
  ['calls rota lock', async (s) => void expect(await s.rota(['lock', 'A1'])).toMatchObject({ code: 0 })],
];

const HUBS: readonly Hub[] = ['none', 'file'];

describe.each(HUBS)('revoked, main shared by: %s', (hub) => {
  test.each(WAYS)('a person %s while the agent works', async (_name, act) => {
    const s = await scene({ hub });
    s.agent.script('A1', [{ write: { 'src/a.txt': 'a\n' } }, { pause: 'work' }]);
    const { ended } = s.start(['run', 'developer']);
    await s.agent.reached('work');
    await act(s);
    const asTheyLeftIt = s.onMain(taskFile('A1'));
    const [main] = s.history();
    s.agent.goOn('work');
    const end = await ended;
    expect(end).toMatchObject({
      code: 1,
      doc: { outcome: 'revoked', task: 'A1', branch: BRANCH, commit: null },
    });
    expectTidy(s, end);
    expect(s.onMain(taskFile('A1'))).toBe(asTheyLeftIt);
    expect(s.history()[0]).toBe(main);
    expect(s.record('A1')?.lock ?? null).toBe(null);
    expect(s.record('A1')?.attempts ?? 0).toBe(0);
    expect(s.home.git('show', `${BRANCH}:src/a.txt`)).toBe('a');
    expect(s.shared.git('ls-tree', '-r', '--name-only', 'main')).not.toContain('src/a.txt');
  });

  test.each(WAYS)('a person %s while the gate runs', async (_name, act) => {
    const s = await scene({
      hub,
      config: (agent) => ({ gate: JSON.stringify([agent.pauseCommand('gate')]) }),
    });
    s.agent.script('A1', [{ write: { 'src/a.txt': 'a\n' } }]);
    const { ended } = s.start(['run', 'developer']);
    await s.agent.reached('gate');
    await act(s);
    const asTheyLeftIt = s.onMain(taskFile('A1'));
    s.agent.goOn('gate');
    const end = await ended;
    expect(end).toMatchObject({ code: 1, doc: { outcome: 'revoked', commit: null } });
    expectTidy(s, end);
    expect(s.onMain(taskFile('A1'))).toBe(asTheyLeftIt);
    expect(s.record('A1')?.lock ?? null).toBe(null);
    expect(s.home.git('show', `${BRANCH}:src/a.txt`)).toBe('a');
  });
});

test('over http: the status that a person set while the gate ran is looked at before anything lands', async () => {
  const s = await scene({
    hub: 'http',
    config: (agent) => ({ gate: JSON.stringify([agent.pauseCommand('gate')]) }),
  });
  s.agent.script('A1', [{ write: { 'src/a.txt': 'a\n' } }]);
  const { ended } = s.start(['run', 'developer']);
  await s.agent.reached('gate');
  s.edit('A1', (text) => text.replace(/^status: \S+/m, 'status: dropped'));
  s.agent.goOn('gate');
  const end = await ended;
  expect(end).toMatchObject({ code: 1, doc: { outcome: 'revoked', commit: null } });
  expectTidy(s, end);
  expect(s.shared.git('ls-tree', '-r', '--name-only', 'main')).not.toContain('src/a.txt');
  expect(s.onMain(taskFile('A1'))).toMatch(/^status: dropped/m);
});

test('a revoked task is free again, and the next run goes on with the work', async () => {
  const s = await scene();
  s.agent.script(
    'A1',
    [{ write: { 'src/a.txt': 'a\n' } }, { pause: 'work' }],
    [{ write: { 'src/b.txt': 'b\n' } }],
  );
  const { ended } = s.start(['run', 'developer']);
  await s.agent.reached('work');
  await s.rota(['unlock', 'A1']);
  s.agent.goOn('work');
  expect((await ended).doc.outcome).toBe('revoked');
  const next = await s.run();
  expect(next).toMatchObject({ code: 0, doc: { outcome: 'landed' } });
  expect(s.onMain('src/a.txt') + s.onMain('src/b.txt')).toBe('a\nb\n');
});

test('the task file is deleted while the agent works', async () => {
  const s = await scene();
  s.agent.script('A1', [{ write: { 'src/a.txt': 'a\n' } }, { pause: 'work' }]);
  const { ended } = s.start(['run', 'developer']);
  await s.agent.reached('work');
  s.home.git('rm', '-q', taskFile('A1'));
  s.home.git('commit', '-q', '-m', 'person: not wanted');
  s.agent.goOn('work');
  const end = await ended;
  expect(end).toMatchObject({ code: 1, doc: { outcome: 'revoked' } });
  expectTidy(s, end);
  expect(s.home.exists(taskFile('A1'))).toBe(false);
});
