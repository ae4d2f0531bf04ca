import { describe, expect, test } from 'vitest';
import { expectIntact, expectTidy, type Hub, scene, taskFile, taskText } from '../../support/scene.ts';
import { resultText, type Step } from '../../support/scripted-agent.ts';

const WORK: Step = { write: { 'src/a.txt': 'a\n' } };
const HUBS: readonly Hub[] = ['none', 'file'];
const PROPOSAL = resultText(
  'outcome: done\ntasks:\n  - {id: NEW-1, title: Say goodbye}\n  - {id: NEW-2, title: Wave, depends: [NEW-1], type: chore}',
);

describe.each(HUBS)('proposed tasks, main shared by: %s', (hub) => {
  test('get ids of their own while the gate runs, and arrive as drafts with the landing', async () => {
    const s = await scene({
      hub,
      config: (agent) => ({ gate: JSON.stringify([agent.pauseCommand('gate')]) }),
    });
    s.agent.script('A1', [WORK, { result: PROPOSAL }]);
    const { ended } = s.start(['run', 'developer']);
    await s.agent.reached('gate');
    for (const id of ['A2', 'A3'])
      expect(s.record(id)).toMatchObject({ task: id, state: 'reserved', lock: { role: 'developer' } });
    // A person who adds a task now gets the next one.
    expect(await s.rota(['add', 'Mine'])).toMatchObject({ code: 0, doc: { id: 'A4' } });
    s.agent.goOn('gate');
    const end = await ended;
    expect(end).toMatchObject({ code: 0, doc: { outcome: 'landed' } });
    expectTidy(s, end);
    expect(s.shared.git('ls-tree', '--name-only', 'main', 'backlog/').split('\n')).toEqual([
      'backlog/A1-greet.md',
      'backlog/A2-say-goodbye.md',
      'backlog/A3-wave.md',
      'backlog/A4-mine.md',
    ]);
    expect(s.shared.git('for-each-ref', '--format=%(refname)', 'refs/rota/')).toBe('');
    const { doc } = await s.rota(['list', ...(hub === 'none' ? [] : ['--fetch'])]);
    expect(doc.slice(1, 3)).toMatchObject([
      { id: 'A2', title: 'Say goodbye', status: 'draft', depends: [] },
      { id: 'A3', title: 'Wave', status: 'draft', depends: ['A2'], type: 'chore' },
    ]);
    expect((await s.run()).doc.outcome).toBe('idle');
  });
});

test('proposals alone are work; ids go back when nothing lands', async () => {
  const s = await scene();
  s.agent.script(
    'A1',
    [{ write: { broken: 'x\n' } }, { result: PROPOSAL }],
    [{ delete: ['broken'] }, { result: PROPOSAL }],
  );
  const red = await s.run();
  expect(red).toMatchObject({ code: 1, doc: { outcome: 'red' } });
  expect(s.record('A2')).toBe(null);
  const end = await s.run();
  expect(end).toMatchObject({ code: 0, doc: { outcome: 'landed' } });
  expect(s.home.exists('backlog/A2-say-goodbye.md')).toBe(true);
  expectIntact(s, 'A1', 'done');
});

test('a role that may not add tasks lands without them', async () => {
  const s = await scene({ role: { 'may-add-tasks': 'false' } });
  s.agent.script('A1', [WORK, { result: PROPOSAL }]);
  const end = await s.run();
  expect(end).toMatchObject({ code: 0, doc: { outcome: 'landed' } });
  expect(end.stderr).toContain('may not add tasks');
  expect(s.shared.git('ls-tree', '--name-only', 'main', 'backlog/')).toBe('backlog/A1-greet.md');
});

test('more than five proposals are not taken in silence', async () => {
  const s = await scene();
  const many = [1, 2, 3, 4, 5, 6].map((n) => `  - {id: NEW-${n}, title: Task ${n}}`).join('\n');
  s.agent.script('A1', [WORK, { result: resultText(`outcome: done\ntasks:\n${many}`) }]);
  const end = await s.run();
  expect(end).toMatchObject({ code: 1, doc: { outcome: 'partial' } });
  expect(end.doc.reason).toContain('at most 5');
});

describe('standing tasks', () => {
  test('land without another change, and return to ready at their next time', async () => {
    const s = await scene({ tasks: { [taskFile('A1')]: taskText('A1', { repeat: '7d' }) } });
    s.agent.script('A1', [{ result: resultText('outcome: done\nsummary: nothing found') }]);
    const end = await s.run();
    expect(end).toMatchObject({ code: 0, doc: { outcome: 'landed' } });
    expectTidy(s, end);
    const text = expectIntact(s, 'A1', 'ready');
    const at = Date.parse(/^not-before: (\S+)$/m.exec(text)?.[1] ?? '');
    expect(Math.abs(at - Date.now() - 7 * 24 * 3_600_000)).toBeLessThan(60_000);
    expect(s.record('A1')).toBe(null);
    expect(s.branches()).toEqual([]);
    const next = await s.run('A1');
    expect(next).toMatchObject({ code: 0, doc: { outcome: 'idle' } });
    expect(next.doc.reason).toContain('not before');

    // Its second time is like the first.
    s.edit('A1', (task) => task.replace(/^not-before: .*\n/m, ''));
    s.agent.script('A1', [], [WORK]);
    expect(await s.run()).toMatchObject({ code: 0, doc: { outcome: 'landed' } });
    expect(expectIntact(s, 'A1', 'ready').match(/\| landed \|/g)).toHaveLength(2);
    expect(s.onMain('src/a.txt')).toBe('a\n');
  });
});

describe('people', () => {
  test('pause and resume, everything or one role; running work goes on', async () => {
    const s = await scene({ tasks: { [taskFile('A1')]: taskText('A1'), [taskFile('A2')]: taskText('A2') } });
    s.agent.script('A1', [{ pause: 'work' }, WORK]);
    s.agent.script('A2', [{ write: { 'src/b.txt': 'b\n' } }]);
    const { ended } = s.start(['run', 'developer']);
    await s.agent.reached('work');
    expect(await s.rota(['pause', 'developer'])).toMatchObject({
      code: 0,
      doc: { all: false, roles: ['developer'] },
    });
    expect(await s.run('A2')).toMatchObject({
      code: 0,
      doc: { outcome: 'idle', reason: expect.stringContaining('is paused') },
    });
    s.agent.goOn('work');
    expect(await ended).toMatchObject({ code: 0, doc: { outcome: 'landed' } });
    expect(await s.rota(['pause'])).toMatchObject({ doc: { all: true } });
    expect((await s.run()).doc.outcome).toBe('idle');
    expect(await s.rota(['resume'])).toMatchObject({ code: 0 });
    const { doc } = await s.rota(['resume', 'developer']);
    expect(doc).toEqual({ all: false, roles: [], selfPaused: [] });
    expect(await s.run()).toMatchObject({ doc: { outcome: 'landed', task: 'A2' } });
    expect(s.shared.git('for-each-ref', 'refs/rota/')).toBe('');
  });

  test('a task that a person has locked is theirs until they unlock it', async () => {
    const s = await scene();
    s.agent.script('A1', [WORK]);
    expect(await s.rota(['lock', 'A1'])).toMatchObject({ code: 0, doc: { id: 'A1', revoked: null } });
    expect(await s.run('A1')).toMatchObject({
      code: 0,
      doc: { outcome: 'idle', reason: expect.stringContaining('locked by') },
    });
    expect(await s.rota(['unlock', 'A1'])).toMatchObject({ code: 0 });
    expect(await s.run()).toMatchObject({ code: 0, doc: { outcome: 'landed' } });
    expectIntact(s, 'A1', 'done');
  });

  test('a leftover block of a run that is gone is ignored, and goes with the next claim', async () => {
    const lock =
      '{run: 01ARZ3NDEKTSV4RRFFQ69G5FAV, role: developer, by: pat@gone, since: 2026-01-01T00:00:00Z, branch: x}';
    const s = await scene({ tasks: { [taskFile('A1')]: taskText('A1', { lock }) } });
    s.agent.script('A1', [WORK]);
    expect(await s.run()).toMatchObject({ code: 0, doc: { outcome: 'landed' } });
    expectIntact(s, 'A1', 'done');
  });

  test('tasks that touch the same are not worked on side by side', async () => {
    const touches = '["src/**"]';
    const s = await scene({
      tasks: {
        [taskFile('A1')]: taskText('A1', { touches }),
        [taskFile('A2')]: taskText('A2', { touches: '[src/a.txt]' }),
      },
    });
    s.agent.script('A1', [{ pause: 'work' }, WORK]);
    s.agent.script('A2', [{ write: { 'src/a.txt': 'b\n' } }]);
    const { ended } = s.start(['run', 'developer']);
    await s.agent.reached('work');
    expect(await s.run('A2')).toMatchObject({
      code: 0,
      doc: { outcome: 'idle', reason: expect.stringContaining('overlaps') },
    });
    s.agent.goOn('work');
    expect((await ended).doc.outcome).toBe('landed');
    expect(await s.run('A2')).toMatchObject({ doc: { outcome: 'landed' } });
  });

  test('a malformed task is named by check and the others go on', async () => {
    const s = await scene({
      tasks: { [taskFile('A1')]: taskText('A1'), 'backlog/A2-bad.md': '---\ntitle: [\n---\n' },
    });
    s.agent.script('A1', [WORK]);
    expect(await s.run()).toMatchObject({ code: 0, doc: { outcome: 'landed', task: 'A1' } });
    expect(await s.rota(['check'])).toMatchObject({ code: 2 });
  });
});
