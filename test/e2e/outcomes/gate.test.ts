import { describe, expect, test } from 'vitest';
import { expectIntact, expectTidy, scene, taskFile, taskText } from '../../support/scene.ts';
import type { Step } from '../../support/scripted-agent.ts';

const BRANCH = 'ai/developer/A1-greet-from-a1';
const BREAK: Step = { write: { broken: 'x\n' } };

describe('red', () => {
  test('counts, notes the failure, and is blocked at the limit, also on main; nothing red lands', async () => {
    const s = await scene({ config: { gate: '["echo the wall fell; test ! -e broken"]' } });
    s.agent.script('A1', [BREAK], [{ write: { 'src/b.txt': 'b\n' } }]);
    const first = await s.run();
    expect(first).toMatchObject({
      code: 1,
      doc: { outcome: 'red', gate: [{ passed: true }, { passed: true }, { passed: false }] },
    });
    expectTidy(s, first);
    expect(s.record('A1')).toMatchObject({
      attempts: 1,
      state: null,
      lock: null,
      notes: [{ outcome: 'red' }],
    });
    expect(s.record('A1').notes[0].text).toContain('the wall fell');
    expect(expectIntact(s, 'A1', 'ready')).toContain('## Notes');
    expect(s.branches()).toEqual([BRANCH]);
    const second = await s.run();
    expect(second).toMatchObject({ code: 1, doc: { outcome: 'red' } });
    expectTidy(s, second);
    expect(s.agent.prompt('A1', 2)).toContain('the wall fell');
    expect(s.record('A1')).toMatchObject({ attempts: 2, state: 'blocked', lock: null });
    expectIntact(s, 'A1', 'blocked');
    expect((await s.run()).doc.outcome).toBe('idle');
  });

  test('a red gate goes back to the agent, who mends it in the same worktree', async () => {
    const s = await scene({
      role: { fixes: 2 },
      config: { gate: '["echo the wall fell; test ! -e broken"]' },
    });
    s.agent.script('A1', [BREAK, { write: { 'src/a.txt': 'a\n' } }], [], [{ delete: ['broken'] }]);
    const end = await s.run();
    expect(end).toMatchObject({ code: 0, doc: { outcome: 'landed' } });
    expectTidy(s, end);
    expect(s.agent.turns('A1')).toBe(3);
    expect(s.agent.prompt('A1', 2)).toContain('the wall fell');
    expect(s.agent.environment('A1', 3)['ROTA_WORKTREE']).toBe(s.agent.environment('A1', 1)['ROTA_WORKTREE']);
    expect(s.onMain('src/a.txt')).toBe('a\n');
    expectIntact(s, 'A1', 'done');
    expect(s.record('A1')).toBe(null);
  });

  test('what the agent does to the gate of its own branch decides nothing', async () => {
    // Named, so that it is no finding of the contract: what judges is main's all the same.
    const s = await scene({ role: { 'may-edit': '["**", rota.yaml]' } });
    s.agent.script('A1', [BREAK, { sh: 'echo "gate: none" > rota.yaml' }]);
    const end = await s.run();
    expect(end.doc.outcome).toBe('red');
    expectTidy(s, end);
  });
});

describe('main-red', () => {
  test('blames main, not the task; nothing is picked while main is there; a mended main lets it go on', async () => {
    const s = await scene({ config: { gate: '["test ! -e fire"]' }, files: { fire: 'x\n' } });
    s.agent.script('A1', [{ write: { 'src/a.txt': 'a\n' } }], [{ write: { 'src/b.txt': 'b\n' } }]);
    const end = await s.run();
    expect(end).toMatchObject({ code: 1, doc: { outcome: 'main-red' } });
    expectTidy(s, end);
    expect(s.record('A1')).toMatchObject({
      attempts: 0,
      lock: null,
      state: null,
      notes: [{ outcome: 'main-red' }],
    });
    expectIntact(s, 'A1', 'ready');
    expect(s.home.git('show', `${BRANCH}:src/a.txt`)).toBe('a');
    const idle = await s.run();
    expect(idle).toMatchObject({ code: 0, doc: { outcome: 'idle' } });
    expect(idle.doc.reason).toContain('main is red');
    expect(s.agent.turns('A1')).toBe(1);

    s.home.git('rm', '-q', 'fire');
    s.home.git('commit', '-q', '-m', 'fix: no fire');
    const next = await s.run();
    expect(next).toMatchObject({ code: 0, doc: { outcome: 'landed' } });
    expect(s.onMain('src/a.txt')).toBe('a\n');
    expectIntact(s, 'A1', 'done');
  });
});

describe('conflict', () => {
  const mine: Step = { write: { 'src/greet.txt': 'hello from the agent\n' } };

  test('nothing lands, the files are named, the work is kept', async () => {
    const s = await scene();
    s.agent.script('A1', [mine, { pause: 'work' }]);
    const { ended } = s.start(['run', 'developer']);
    await s.agent.reached('work');
    s.home.commit('person: greet', { 'src/greet.txt': 'hello from a person\n' });
    s.agent.goOn('work');
    const end = await ended;
    expect(end).toMatchObject({
      code: 1,
      doc: { outcome: 'conflict', reason: 'main and the branch both changed src/greet.txt' },
    });
    expectTidy(s, end);
    expect(s.record('A1')).toMatchObject({ attempts: 1, lock: null, notes: [{ outcome: 'conflict' }] });
    expectIntact(s, 'A1', 'ready');
    expect(s.onMain('src/greet.txt')).toBe('hello from a person\n');
    expect(s.home.git('show', `${BRANCH}:src/greet.txt`)).toBe('hello from the agent');

    // The next run begins with both sides in the files.
    s.agent.script(
      'A1',
      [],
      [{ sh: 'grep -q "^<<<<<<<" src/greet.txt' }, { write: { 'src/greet.txt': 'hello from both\n' } }],
    );
    const next = await s.run();
    expect(next).toMatchObject({ code: 0, doc: { outcome: 'landed' } });
    expectTidy(s, next);
    expect(s.onMain('src/greet.txt')).toBe('hello from both\n');
    expect(s.agent.prompt('A1', 2)).toContain('src/greet.txt');
    expectIntact(s, 'A1', 'done');
  });

  test('with a turn left the agent gets both sides and merges them', async () => {
    const s = await scene({ role: { fixes: 1 } });
    s.agent.script(
      'A1',
      [mine, { pause: 'work' }],
      [
        { sh: 'grep -q "from a person" src/greet.txt && grep -q "from the agent" src/greet.txt' },
        { write: { 'src/greet.txt': 'hello from both\n' } },
      ],
    );
    const { ended } = s.start(['run', 'developer']);
    await s.agent.reached('work');
    s.home.commit('person: greet', { 'src/greet.txt': 'hello from a person\n' });
    s.agent.goOn('work');
    const end = await ended;
    expect(end).toMatchObject({ code: 0, doc: { outcome: 'landed' } });
    expectTidy(s, end);
    expect(s.onMain('src/greet.txt')).toBe('hello from both\n');
    expectIntact(s, 'A1', 'done');
    expect(s.home.git('status', '--porcelain')).toBe('');
  });

  test('two tasks that touch different lines both land, each gated on the main of its landing', async () => {
    const tasks = { [taskFile('A1')]: taskText('A1'), [taskFile('A2')]: taskText('A2') };
    const s = await scene({ tasks });
    for (const id of ['A1', 'A2'])
      s.agent.script(id, [{ write: { [`src/${id}.txt`]: 'x\n' } }, { pause: id }]);
    const [one, two] = [s.start(['run', 'developer', 'A1']), s.start(['run', 'developer', 'A2'])];
    await Promise.all([s.agent.reached('A1'), s.agent.reached('A2')]);
    s.agent.goOn('A1');
    s.agent.goOn('A2');
    for (const end of await Promise.all([one.ended, two.ended])) {
      expect(end).toMatchObject({ code: 0, doc: { outcome: 'landed' } });
      expectTidy(s, end);
    }
    for (const id of ['A1', 'A2']) {
      expectIntact(s, id, 'done');
      expect(s.home.read(`src/${id}.txt`)).toBe('x\n');
    }
    expect(s.home.git('status', '--porcelain')).toBe('');
  });
});

describe('the task changes on main while the agent works', () => {
  const change = (text: string) => text.replace('- [ ] greets', '- [ ] greets twice');

  test('without a turn left it is partial', async () => {
    const s = await scene();
    s.agent.script('A1', [{ write: { 'src/a.txt': 'a\n' } }, { pause: 'work' }]);
    const { ended } = s.start(['run', 'developer']);
    await s.agent.reached('work');
    s.edit('A1', change);
    s.agent.goOn('work');
    const end = await ended;
    expect(end).toMatchObject({ code: 1, doc: { outcome: 'partial' } });
    expectTidy(s, end);
    expect(s.onMain(taskFile('A1'))).not.toContain('lock:');
    expect(s.onMain(taskFile('A1'))).toContain('- [ ] greets twice');
  });

  test('with a turn left the agent gets the difference, and the person’s words land', async () => {
    const s = await scene({ role: { fixes: 1 } });
    s.agent.script(
      'A1',
      [{ write: { 'src/a.txt': 'a\n' } }, { pause: 'work' }],
      [{ write: { 'src/b.txt': 'b\n' } }],
    );
    const { ended } = s.start(['run', 'developer']);
    await s.agent.reached('work');
    s.edit('A1', change);
    s.agent.goOn('work');
    const end = await ended;
    expect(end).toMatchObject({ code: 0, doc: { outcome: 'landed' } });
    expectTidy(s, end);
    expect(s.agent.prompt('A1', 2)).toContain('greets twice');
    expect(s.onMain(taskFile('A1'))).toContain('- [ ] greets twice');
    expect(s.onMain('src/b.txt')).toBe('b\n');
    expect(s.onMain(taskFile('A1'))).toContain("status: 'done'");
  });

  test('what is not about the work (order, priority) needs no turn and lands as the person wants it', async () => {
    const s = await scene();
    s.agent.script('A1', [{ write: { 'src/a.txt': 'a\n' } }, { pause: 'work' }]);
    const { ended } = s.start(['run', 'developer']);
    await s.agent.reached('work');
    s.edit('A1', (text) => text.replace('priority: medium', 'priority: low # later'));
    s.agent.goOn('work');
    const end = await ended;
    expect(end).toMatchObject({ code: 0, doc: { outcome: 'landed' } });
    expect(expectIntact(s, 'A1', 'done')).toContain('priority: low # later\n');
  });
});
