import { expect, test } from 'vitest';
import { expectIntact, expectTidy, type Scene, scene } from '../../support/scene.ts';
import { resultText } from '../../support/scripted-agent.ts';

const BRANCH = 'ai/developer/A1-greet-from-a1';

/** A run that finds a person's unsaved change in the way of its landing. */
async function waitingScene(): Promise<Scene> {
  const s = await scene();
  s.agent.script('A1', [{ write: { 'src/greet.txt': 'HELLO\n' } }, { pause: 'work' }]);
  const { ended } = s.start(['run', 'developer']);
  await s.agent.reached('work');
  s.home.write('src/greet.txt', 'mine, not committed\n');
  s.agent.goOn('work');
  const end = await ended;
  expect(end).toMatchObject({ code: 1, doc: { outcome: 'waiting', branch: BRANCH } });
  expect(end.doc.reason).toContain('src/greet.txt');
  expectTidy(s, end);
  expect(s.record('A1')).toMatchObject({
    state: 'waiting',
    lock: null,
    attempts: 0,
    waiting: { commit: end.doc.commit, base: s.home.git('rev-parse', 'main') },
  });
  expect(s.home.read('src/greet.txt')).toBe('mine, not committed\n');
  expect(s.history()).toEqual(['chore(backlog): developer takes A1 [skip ci]']);
  return s;
}

async function expectLanded(s: Scene): Promise<void> {
  expect(s.onMain('src/greet.txt')).toBe('HELLO\n');
  expect(s.home.read('src/greet.txt')).toBe('HELLO\n');
  expectIntact(s, 'A1', 'done');
  expect(s.record('A1')).toBe(null);
  expect(s.agent.turns('A1')).toBe(1);
  expect(s.home.git('status', '--porcelain')).toBe('');
  await s.rota(['sweep']);
  expect(s.branches()).toEqual([]);
  expect(s.worktrees()).toEqual([]);
}

test('still in the way: the next run and a sweep leave it waiting', async () => {
  const s = await waitingScene();
  expect(await s.run()).toMatchObject({ code: 0, doc: { outcome: 'idle' } });
  expect(await s.rota(['sweep'])).toMatchObject({ code: 0, doc: { landed: [] } });
  expect(s.record('A1')).toMatchObject({ state: 'waiting', lock: null });
  expect(s.home.read('src/greet.txt')).toBe('mine, not committed\n');
});

test('out of the way: a sweep lands what was gated, without the agent', async () => {
  const s = await waitingScene();
  s.home.git('checkout', '-q', '--', 'src/greet.txt');
  expect(await s.rota(['sweep'])).toMatchObject({ code: 0, doc: { landed: [{ task: 'A1' }] } });
  await expectLanded(s);
});

test('out of the way: the next run lands it before it picks', async () => {
  const s = await waitingScene();
  s.home.git('checkout', '-q', '--', 'src/greet.txt');
  expect(await s.run()).toMatchObject({ code: 0 });
  await expectLanded(s);
});

test('main moved on meanwhile: the next run starts at the gate', async () => {
  const s = await waitingScene();
  s.home.git('checkout', '-q', '--', 'src/greet.txt');
  s.home.commit('person: something else', { 'src/else.txt': 'else\n' });
  const end = await s.run();
  expect(end).toMatchObject({ code: 0, doc: { outcome: 'landed', task: 'A1' } });
  expect(end.doc.gate.length).toBe(3);
  await expectLanded(s);
});

test('the task was edited meanwhile: neither a sweep nor a run lands what it asked for before', async () => {
  const s = await waitingScene();
  s.home.git('checkout', '-q', '--', 'src/greet.txt');
  s.edit('A1', (text) => text.replace('Say hello, politely.', 'Say goodbye.'));
  expect(await s.rota(['sweep'])).toMatchObject({ code: 0, doc: { landed: [] } });
  expect(s.onMain('src/greet.txt')).toBe('hello\n');
  s.agent.script('A1', [], [{ write: { 'src/greet.txt': 'BYE\n' } }]);
  expect(await s.run()).toMatchObject({ code: 0, doc: { outcome: 'landed', task: 'A1' } });
  expect(s.agent.prompt('A1', 2)).toContain('Say goodbye.');
  expect(s.onMain('src/greet.txt')).toBe('BYE\n');
});

test('what a person accepted stays accepted while it waits', async () => {
  const s = await scene();
  s.agent.script('A1', [{ write: { 'roles/new.md': 'not a role yet\n', 'src/greet.txt': 'HELLO\n' } }]);
  expect((await s.run()).doc.outcome).toBe('held');
  s.home.write('src/greet.txt', 'mine, not committed\n');
  const waits = await s.rota(['land', 'A1', '--accept', 'we need that note']);
  expect(waits.doc.outcome).toBe('waiting');
  s.home.git('checkout', '-q', '--', 'src/greet.txt');
  expect(await s.rota(['add', 'Something else'])).toMatchObject({ code: 0 });
  expect(await s.rota(['sweep'])).toMatchObject({ code: 0, doc: { landed: [{ task: 'A1' }] } });
  expect(s.onMain('src/greet.txt')).toBe('HELLO\n');
  expect(s.home.git('log', '-1', '--format=%B', 'main')).toContain('accepted: we need that note');
});

test('what waits survives a gc, and rota land takes it too', async () => {
  const s = await waitingScene();
  s.home.git('checkout', '-q', '--', 'src/greet.txt');
  s.home.git('gc', '-q', '--prune=now');
  expect(await s.rota(['land', 'A1'])).toMatchObject({ code: 0, doc: { outcome: 'landed' } });
  await expectLanded(s);
});

test('ids of proposed tasks that were taken meanwhile: the proposals get others', async () => {
  const s = await scene();
  const tasks = 'tasks:\n  - {id: NEW-1, title: Say goodbye}\n  - {id: NEW-2, title: Wave, depends: [NEW-1]}';
  s.agent.script('A1', [
    { write: { 'src/greet.txt': 'HELLO\n' } },
    { result: resultText(`outcome: done\n${tasks}`) },
    { pause: 'work' },
  ]);
  const { ended } = s.start(['run', 'developer']);
  await s.agent.reached('work');
  s.home.write('src/greet.txt', 'mine, not committed\n');
  s.agent.goOn('work');
  expect((await ended).doc.outcome).toBe('waiting');
  expect(await s.rota(['add', 'Mine'])).toMatchObject({ code: 0 });
  s.home.git('checkout', '-q', '--', 'src/greet.txt');
  expect(await s.rota(['sweep'])).toMatchObject({ code: 0, doc: { landed: [{ task: 'A1' }] } });
  expect(s.home.git('ls-tree', '--name-only', 'main', 'backlog/').split('\n')).toEqual([
    'backlog/A1-greet.md',
    'backlog/A2-mine.md',
    'backlog/A3-wave.md',
    'backlog/A4-say-goodbye.md',
  ]);
  expect((await s.rota(['list'])).doc.slice(2)).toMatchObject([
    { id: 'A3', title: 'Wave', status: 'draft', depends: ['A4'] },
    { id: 'A4', title: 'Say goodbye', status: 'draft', depends: [] },
  ]);
  expect(s.home.git('for-each-ref', '--format=%(refname)', 'refs/rota/')).toBe('');
  await expectLanded(s);
});
