import { describe, expect, test } from 'vitest';
import { expectIntact, expectTidy, scene } from '../../support/scene.ts';
import type { Step } from '../../support/scripted-agent.ts';

const BRANCH = 'ai/developer/A1-greet-from-a1';
const WORK: Step = { write: { 'src/a.txt': 'a\n' } };

describe('failed', () => {
  test('the agent is not installed: no attempt, a pause before the next try', async () => {
    const s = await scene({ config: { agents: '{mine: {command: [no-such-agent]}}' } });
    const end = await s.run();
    expect(end).toMatchObject({ code: 3, doc: { outcome: 'failed', task: 'A1', worktree: null } });
    expect(end.doc.reason).toContain('no-such-agent was not found on PATH');
    expectTidy(s, end);
    expect(s.record('A1')).toMatchObject({
      attempts: 0,
      state: null,
      lock: null,
      notes: [{ outcome: 'failed' }],
    });
    const wait = Date.parse(s.record('A1')['not-before']) - Date.now();
    expect(wait).toBeGreaterThan(20_000);
    expect(wait).toBeLessThan(121_000);
    expectIntact(s, 'A1', 'ready');
    expect(s.worktrees()).toEqual([]);
    const next = await s.run('A1');
    expect(next).toMatchObject({ code: 0, doc: { outcome: 'idle' } });
    expect(next.doc.reason).toContain('the last run failed; not before');
  });

  test('the agent crashes: what it did is kept', async () => {
    const s = await scene();
    s.agent.script('A1', [WORK, { exit: 7 }]);
    const end = await s.run();
    expect(end).toMatchObject({ code: 3, doc: { outcome: 'failed', reason: 'the agent exited with 7' } });
    expectTidy(s, end);
    expect(s.home.git('show', `${BRANCH}:src/a.txt`)).toBe('a');
    expect(s.record('A1')).toMatchObject({ attempts: 0, lock: null });
    expectIntact(s, 'A1', 'ready');
  });

  test('setup fails: the agent is not started, the end of its output is noted', async () => {
    const s = await scene({ config: { setup: '["echo no network; exit 4"]' } });
    s.agent.script('A1', [WORK]);
    const end = await s.run();
    expect(end).toMatchObject({ code: 3, doc: { outcome: 'failed' } });
    expect(end.doc.reason).toContain('setup failed');
    expectTidy(s, end);
    expect(s.agent.turns('A1')).toBe(0);
    expect(s.record('A1').notes[0].text).toContain('no network');
    expectIntact(s, 'A1', 'ready');
    expect(s.worktrees()).toEqual([]);
    expect(s.branches()).toEqual([]);
  });

  test('a person has the branch checked out: refused, and named', async () => {
    const s = await scene();
    s.home.git('worktree', 'add', '-q', '-b', BRANCH, '../elsewhere');
    const end = await s.run();
    expect(end).toMatchObject({ code: 1, doc: { outcome: 'refused' } });
    expect(end.doc.reason).toContain('/elsewhere');
    expect(s.agent.turns('A1')).toBe(0);
    expect(s.home.exists('../elsewhere/README.md')).toBe(true);
  });
});

describe.each<[NodeJS.Signals, number]>([
  ['SIGINT', 130],
  ['SIGTERM', 143],
])('%s', (signal, code) => {
  test('while the agent works: its work is kept, the lock is free', async () => {
    const s = await scene();
    s.agent.script(
      'A1',
      [WORK, { sh: 'setsid sleep 1000 &' }, { pause: 'work' }],
      [{ write: { 'src/b.txt': 'b\n' } }],
    );
    const { ended, kill } = s.start(['run', 'developer']);
    await s.agent.reached('work');
    kill(signal);
    const end = await ended;
    expect(end).toMatchObject({ code, doc: { outcome: 'interrupted', task: 'A1', branch: BRANCH } });
    expectTidy(s, end);
    expect(s.record('A1')?.lock ?? null).toBe(null);
    expect(s.record('A1')?.attempts ?? 0).toBe(0);
    expectIntact(s, 'A1', 'ready');
    expect(s.home.git('show', `${BRANCH}:src/a.txt`)).toBe('a');
    const next = await s.run();
    expect(next).toMatchObject({ code: 0, doc: { outcome: 'landed' } });
    expect(s.onMain('src/a.txt') + s.onMain('src/b.txt')).toBe('a\nb\n');
    expectIntact(s, 'A1', 'done');
  });

  test('while the gate runs', async () => {
    const s = await scene({ config: (agent) => ({ gate: JSON.stringify([agent.pauseCommand('gate')]) }) });
    s.agent.script('A1', [WORK]);
    const { ended, kill } = s.start(['run', 'developer']);
    await s.agent.reached('gate');
    kill(signal);
    const end = await ended;
    expect(end).toMatchObject({ code, doc: { outcome: 'interrupted', commit: null } });
    expectTidy(s, end);
    expect(s.record('A1')?.lock ?? null).toBe(null);
    expectIntact(s, 'A1', 'ready');
    expect(s.home.git('show', `${BRANCH}:src/a.txt`)).toBe('a');
  });

  test('while setup runs', async () => {
    const s = await scene({ config: (agent) => ({ setup: JSON.stringify([agent.pauseCommand('setup')]) }) });
    const { ended, kill } = s.start(['run', 'developer']);
    await s.agent.reached('setup');
    kill(signal);
    const end = await ended;
    expect(end).toMatchObject({ code, doc: { outcome: 'interrupted', worktree: null } });
    expectTidy(s, end);
    expect(s.agent.turns('A1')).toBe(0);
    expect(s.record('A1')?.lock ?? null).toBe(null);
    expectIntact(s, 'A1', 'ready');
    expect(s.worktrees()).toEqual([]);
  });
});
