import { describe, expect, test } from 'vitest';
import { expectIntact, expectTidy, scene, taskFile, taskText } from '../../support/scene.ts';
import { resultText, type Step } from '../../support/scripted-agent.ts';

const WORK: Step = { write: { 'src/a.txt': 'half\n' } };
const BRANCH = 'ai/developer/A1-greet-from-a1';

describe('partial', () => {
  test('counts, keeps the work on the branch and tells the next attempt; blocked at the limit, also on main', async () => {
    const s = await scene();
    s.agent.script(
      'A1',
      [WORK, { result: resultText('outcome: partial\nsummary: half of it is there') }],
      [{ write: { 'src/b.txt': 'more\n' } }, { result: resultText('outcome: partial\nsummary: still not') }],
    );
    const first = await s.run();
    expect(first).toMatchObject({
      code: 1,
      doc: { outcome: 'partial', reason: 'half of it is there', branch: BRANCH },
    });
    // Its commits are nowhere else: the worktree stays, for people to look at and for the next run.
    expect(s.worktrees()).toEqual([first.doc.worktree]);
    expect(s.home.git('worktree', 'list', '--porcelain')).not.toContain('locked');
    expectTidy(s, first);
    expect(s.record('A1')).toMatchObject({
      lock: null,
      state: null,
      attempts: 1,
      notes: [{ outcome: 'partial', text: 'half of it is there' }],
    });
    expect(s.home.git('show', `${BRANCH}:src/a.txt`)).toBe('half');
    expect(s.home.exists('src/a.txt')).toBe(false);
    expect(expectIntact(s, 'A1', 'ready')).toContain('## Notes\n');

    const second = await s.run();
    expect(second).toMatchObject({ code: 1, doc: { outcome: 'partial', branch: BRANCH } });
    expectTidy(s, second);
    expect(s.agent.prompt('A1', 2)).toContain('half of it is there');
    expect(s.record('A1')).toMatchObject({ state: 'blocked', attempts: 2, lock: null });
    expect(expectIntact(s, 'A1', 'blocked')).toContain('2 of 2 attempts used');
    expect(s.home.git('ls-tree', '--name-only', '-r', BRANCH, 'src/').split('\n')).toEqual([
      'src/a.txt',
      'src/b.txt',
      'src/greet.txt',
    ]);
    expect(s.home.git('status', '--porcelain')).toBe('');
    expect(await s.run()).toMatchObject({ code: 0, doc: { outcome: 'idle', task: null } });

    // A person's edit starts the attempts again, on the same branch.
    s.agent.script('A1', [], [], [{ write: { 'src/c.txt': 'all\n' } }]);
    s.edit('A1', (text) => text.replace(/status: \S+/, 'status: ready'));
    const third = await s.run();
    expect(third).toMatchObject({ code: 0, doc: { outcome: 'landed' } });
    expect(s.onMain('src/a.txt') + s.onMain('src/b.txt') + s.onMain('src/c.txt')).toBe('half\nmore\nall\n');
    expectIntact(s, 'A1', 'done');
    expect(s.branches()).toEqual([]);
  });

  test('a required result that is missing, and criteria that are not met, are partial', async () => {
    const s = await scene({ role: { result: 'required' } });
    s.agent.script(
      'A1',
      [WORK],
      [{ result: resultText('outcome: done\ncriteria: [{text: greets, met: no, proof: none}]') }],
    );
    expect(await s.run()).toMatchObject({ doc: { outcome: 'partial', reason: 'the agent wrote no result' } });
    const second = await s.run();
    expect(second.doc.outcome).toBe('partial');
    expect(second.doc.reason).toContain('greets');
    expectTidy(s, second);
  });
});

describe('limits', () => {
  test('timed-out: the agent and all that it started are dead, its work is kept', async () => {
    const s = await scene({ role: { 'time-limit': '1s' } });
    s.agent.script('A1', [WORK, { sh: 'setsid sleep 1000 & setsid sleep 1000 &' }, { pause: 'for-ever' }]);
    const end = await s.run();
    expect(end).toMatchObject({
      code: 1,
      doc: { outcome: 'timed-out', reason: 'the time limit was reached' },
    });
    expectTidy(s, end);
    expect(s.record('A1')).toMatchObject({ attempts: 1, lock: null, notes: [{ outcome: 'timed-out' }] });
    expect(s.home.git('show', `${BRANCH}:src/a.txt`)).toBe('half');
    expectIntact(s, 'A1', 'ready');
  });

  test('stalled: no output and no file activity', async () => {
    const s = await scene({ role: { 'stall-limit': '1s' } });
    s.agent.script('A1', [WORK, { pause: 'for-ever' }]);
    const end = await s.run();
    expect(end).toMatchObject({ code: 1, doc: { outcome: 'stalled' } });
    expectTidy(s, end);
    expect(s.record('A1')).toMatchObject({ attempts: 1, lock: null, notes: [{ outcome: 'stalled' }] });
    expect(s.home.git('show', `${BRANCH}:src/a.txt`)).toBe('half');
    expectIntact(s, 'A1', 'ready');
  });
});

describe('blocked', () => {
  test("the agent's question is on main and in the record; an answer lets it go on", async () => {
    const s = await scene();
    s.agent.script(
      'A1',
      [WORK, { result: resultText('outcome: blocked\nsummary: not clear\nquestion: In which language?') }],
      [{ write: { 'src/b.txt': 'bonjour\n' } }],
    );
    const end = await s.run();
    expect(end).toMatchObject({ code: 1, doc: { outcome: 'blocked', reason: 'not clear' } });
    expectTidy(s, end);
    expect(s.record('A1')).toMatchObject({
      state: 'blocked',
      attempts: 1,
      reason: 'In which language?',
      lock: null,
    });
    expect(expectIntact(s, 'A1', 'blocked')).toContain('In which language?');
    expect(s.home.git('show', `${BRANCH}:src/a.txt`)).toBe('half');
    expect((await s.run()).doc.outcome).toBe('idle');

    s.edit('A1', (text) => `${text.replace(/status: \S+/, 'status: ready')}\nIn French.\n`);
    const next = await s.run();
    expect(next).toMatchObject({ code: 0, doc: { outcome: 'landed' } });
    expect(s.agent.prompt('A1', 2)).toContain('In French.');
    expect(s.onMain(taskFile('A1'))).toContain('In French.');
    expectIntact(s, 'A1', 'done');
  });

  test('an agent that changed nothing', async () => {
    const s = await scene();
    const end = await s.run();
    expect(end).toMatchObject({ code: 1, doc: { outcome: 'blocked', reason: 'the agent changed nothing' } });
    expectTidy(s, end);
    expectIntact(s, 'A1', 'blocked');
    expect(s.record('A1')).toMatchObject({ state: 'blocked', reason: 'the agent changed nothing' });
    expect(s.worktrees()).toEqual([]);
  });
});

describe('idle', () => {
  test('nothing eligible: exit 0, nothing changes', async () => {
    const s = await scene({ tasks: {} });
    const before = s.home.git('for-each-ref');
    const end = await s.run();
    expect(end).toMatchObject({ code: 0, doc: { outcome: 'idle', task: null, branch: null, gate: [] } });
    expect(s.home.git('for-each-ref')).toBe(before);
    expect(await s.rota(['run', 'nobody'])).toMatchObject({ code: 2, doc: { error: { code: 'usage' } } });
  });

  test('as many workers as rota.yaml allows are busy', async () => {
    const s = await scene({
      config: { workers: '1' },
      tasks: { [taskFile('A1')]: taskText('A1'), [taskFile('A2')]: taskText('A2') },
    });
    for (const id of ['A1', 'A2'])
      s.agent.script(id, [{ pause: id }, { write: { [`src/${id}.txt`]: 'x\n' } }]);
    const { ended } = s.start(['run', 'developer']);
    await s.agent.reached('A1');
    const other = await s.run();
    expect(other).toMatchObject({
      code: 0,
      doc: { outcome: 'idle', reason: '1 of 1 workers are busy on this machine' },
    });
    expect(s.record('A2')).toBe(null);
    s.agent.goOn('A1');
    expect((await ended).doc.outcome).toBe('landed');
  });
});
