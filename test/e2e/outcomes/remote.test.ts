import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { expectIntact, expectTidy, type Hub, scene, taskFile, taskText } from '../../support/scene.ts';
import { resultText, type Step } from '../../support/scripted-agent.ts';
import { until } from '../../support/until.ts';

const BRANCH = 'ai/developer/A1-greet-from-a1';
const WORK: Step = { write: { 'src/a.txt': 'a\n' } };
const HUBS: readonly Hub[] = ['file', 'http'];

describe.each(HUBS)('a remote over %s', (hub) => {
  test('two clones race for one task: one works, the other is idle', async () => {
    const s = await scene({ hub });
    const other = s.clone('other');
    s.agent.script('A1', [WORK, { pause: 'work' }]);
    const both = [s.start(['run', 'developer']), s.start(['run', 'developer'], other)];
    await s.agent.reached('work');
    const idle = await Promise.race(both.map(({ ended }) => ended));
    expect(idle).toMatchObject({ code: 0, doc: { outcome: 'idle' } });
    s.agent.goOn('work');
    const ends = await Promise.all(both.map(({ ended }) => ended));
    expect(ends.map(({ doc }) => doc.outcome).toSorted()).toEqual(['idle', 'landed']);
    for (const end of ends) expectTidy(s, end);
    expect(s.agent.turns('A1')).toBe(1);
    expect(s.history()).toHaveLength(2);
    expectIntact(s, 'A1', 'done');
  });

  test('two clones work on two tasks and land one after the other', async () => {
    const s = await scene({
      hub,
      tasks: { [taskFile('A1')]: taskText('A1'), [taskFile('A2')]: taskText('A2') },
    });
    const other = s.clone('other');
    for (const id of ['A1', 'A2'])
      s.agent.script(id, [{ write: { [`src/${id}.txt`]: 'x\n' } }, { pause: id }]);
    const one = s.start(['run', 'developer', 'A1']);
    const two = s.start(['run', 'developer', 'A2'], other);
    await Promise.all([s.agent.reached('A1'), s.agent.reached('A2')]);
    s.agent.goOn('A1');
    s.agent.goOn('A2');
    for (const end of await Promise.all([one.ended, two.ended])) {
      expect(end).toMatchObject({ code: 0, doc: { outcome: 'landed' } });
      expectTidy(s, end);
    }
    for (const id of ['A1', 'A2']) {
      expectIntact(s, id, 'done');
      expect(s.onMain(`src/${id}.txt`)).toBe('x\n');
    }
  });

  test('the branch of unfinished work is pushed, and another clone goes on with it', async () => {
    const s = await scene({ hub });
    s.agent.script(
      'A1',
      [WORK, { result: resultText('outcome: partial\nsummary: half') }],
      [{ sh: 'test -e src/a.txt' }, { write: { 'src/b.txt': 'b\n' } }],
    );
    const first = await s.run();
    expect(first).toMatchObject({ code: 1, doc: { outcome: 'partial', worktree: null } });
    expectTidy(s, first);
    expect(s.branches(s.shared)).toEqual([BRANCH]);
    expect(s.worktrees()).toEqual([]);
    expectIntact(s, 'A1', 'ready');
    const other = s.clone('other');
    const second = await s.rota(['run', 'developer'], other);
    expect(second).toMatchObject({ code: 0, doc: { outcome: 'landed' } });
    expectTidy(s, second);
    expect(s.agent.prompt('A1', 2)).toContain('half');
    expect(s.onMain('src/a.txt') + s.onMain('src/b.txt')).toBe('a\nb\n');
    expect(s.branches(s.shared)).toEqual([]);
    expect(s.branches(other)).toEqual([]);
    expectIntact(s, 'A1', 'done');
  });

  test('the remote rejects the landing: waiting, with its words; a sweep lands it once it agrees', async () => {
    const s = await scene({ hub });
    s.agent.script('A1', [WORK, { pause: 'work' }]);
    const { ended } = s.start(['run', 'developer']);
    await s.agent.reached('work');
    const hook =
      '#!/bin/sh\nwhile read old new ref; do test $ref = refs/heads/main && echo frozen today && exit 1; done\nexit 0\n';
    s.shared.write('hooks/pre-receive', hook);
    s.agent.goOn('work');
    const end = await ended;
    expect(end).toMatchObject({ code: 1, doc: { outcome: 'waiting' } });
    expect(end.doc.reason).toContain('frozen today');
    expectTidy(s, end);
    expect(s.record('A1')).toMatchObject({ state: 'waiting', lock: null, attempts: 0 });
    s.shared.write('hooks/pre-receive', '#!/bin/sh\nexit 0\n');
    expect(await s.rota(['sweep'])).toMatchObject({ code: 0, doc: { landed: [{ task: 'A1' }] } });
    expectIntact(s, 'A1', 'done');
    expect(s.onMain('src/a.txt')).toBe('a\n');
    expect(s.record('A1')).toBe(null);
    expect(s.agent.turns('A1')).toBe(1);
  });

  test('a protected main: the claim goes without a block, and the work waits', async () => {
    const s = await scene({ hub });
    s.shared.write(
      'hooks/pre-receive',
      '#!/bin/sh\nwhile read old new ref; do test $ref = refs/heads/main && exit 1; done\nexit 0\n',
    );
    s.agent.script('A1', [WORK]);
    const end = await s.run();
    expect(end).toMatchObject({ code: 1, doc: { outcome: 'waiting' } });
    expect(s.history()).toEqual([]);
    expect(s.record('A1')).toMatchObject({ state: 'waiting', lock: null });
  });
});

describe('a remote that is not there', () => {
  test('at the start: nothing is picked, exit 3, an error with a hint', async () => {
    const s = await scene({ hub: 'http' });
    await s.http!.close();
    const end = await s.run();
    expect(end).toMatchObject({ code: 3, doc: { error: { code: 'remote' } } });
    expect(end.doc.error.hint).not.toBe(null);
    expect(s.branches()).toEqual([]);
  });

  /** The remote goes while the agent works, and the finished work waits for it. */
  async function waiting() {
    const s = await scene({ hub: 'http' });
    s.agent.script('A1', [WORK, { pause: 'work' }], [{ write: { 'src/b.txt': 'b\n' } }]);
    const run = s.start(['run', 'developer']);
    await s.agent.reached('work');
    const set = (how: 'refuse' | 'pass') => {
      s.http!.behave('/info/refs?service=git-upload-pack', how);
      s.http!.behave('/info/refs?service=git-receive-pack', how);
    };
    set('refuse');
    s.agent.goOn('work');
    const runs = join(s.home.root, '.git/rota/runs');
    const told = () => readdirSync(runs).map((one) => readFileSync(join(runs, one, 'events.jsonl'), 'utf8'));
    await until(() => told().join('').includes('the landing waits for the remote'), 'the landing waits');
    return { s, run, back: () => set('pass') };
  }

  test('or whose main was rewritten: nothing is picked before a person has looked', async () => {
    const s = await scene({ hub: 'file' });
    expect(await s.rota(['status', '--fetch'])).toMatchObject({ code: 0 });
    s.home.git('commit', '-q', '--amend', '-m', 'another history');
    s.home.git('push', '-q', '--force', 'origin', 'main');
    const end = await s.run();
    expect(end).toMatchObject({ code: 3, doc: { error: { code: 'rewritten' } } });
    expect(end.doc.error.hint).toContain('git update-ref -d refs/rota/seen/heads/main');
    expect(s.record('A1')).toBe(null);
  });

  test('when the work is finished: it waits, and lands once the remote is back', async () => {
    const { s, run, back } = await waiting();
    back();
    const end = await run.ended;
    expect(end).toMatchObject({ code: 0, doc: { outcome: 'landed' } });
    expect(end.stderr).toContain('the remote is there again');
    expectTidy(s, end);
    expectIntact(s, 'A1', 'done');
    expect(s.agent.turns('A1')).toBe(1);
  });

  test('and the worker is stopped meanwhile: the work is here, the lock is freed by a later sweep', async () => {
    const { s, run, back } = await waiting();
    run.kill('SIGTERM');
    const end = await run.ended;
    expect(end).toMatchObject({ code: 143, doc: { outcome: 'interrupted', task: 'A1' } });
    expect(s.home.git('show', `${BRANCH}:src/a.txt`)).toBe('a');
    expect(s.record('A1').lock).not.toBe(null);
    back();
    const next = await s.run();
    expect(next).toMatchObject({ code: 0, doc: { outcome: 'landed' } });
    expectTidy(s, next);
    expectIntact(s, 'A1', 'done');
    expect(s.onMain('src/a.txt') + s.onMain('src/b.txt')).toBe('a\nb\n');
  });

  test('the answer to the landing’s push is lost: it landed once, and rota knows', async () => {
    const s = await scene({ hub: 'http' });
    s.agent.script('A1', [WORK, { pause: 'work' }]);
    const { ended } = s.start(['run', 'developer']);
    await s.agent.reached('work');
    s.http!.behave('/git-receive-pack', 'cut', 1);
    s.agent.goOn('work');
    const end = await ended;
    expect(end).toMatchObject({ code: 0, doc: { outcome: 'landed' } });
    expectTidy(s, end);
    expectIntact(s, 'A1', 'done');
    expect(s.history()).toHaveLength(2);
    expect(s.record('A1')).toBe(null);
  });
});
