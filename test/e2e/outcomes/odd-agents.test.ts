import { expect, test } from 'vitest';
import { expectIntact, expectTidy, scene, taskFile } from '../../support/scene.ts';
import type { Step } from '../../support/scripted-agent.ts';

const WORK: Step = { write: { 'src/a.txt': 'a\n' } };

test('an agent that commits itself: its commits land as they are', async () => {
  const s = await scene();
  s.agent.script('A1', [
    WORK,
    { git: ['add', '-A'] },
    { git: ['commit', '-qm', 'feat: my own words'] },
    { write: { 'src/b.txt': 'b\n' } },
  ]);
  const end = await s.run();
  expect(end).toMatchObject({ code: 0, doc: { outcome: 'landed' } });
  expect(s.home.git('log', '--format=%s', 'main')).toContain('feat: my own words');
  expect(s.onMain('src/a.txt') + s.onMain('src/b.txt')).toBe('a\nb\n');
});

test('an agent that ticks its criteria: the body lands beside the log', async () => {
  const s = await scene();
  s.agent.script('A1', [WORK, { sh: `sed -i 's/- \\[ \\] greets/- [x] greets/' ${taskFile('A1')}` }]);
  const end = await s.run();
  expect(end).toMatchObject({ code: 0, doc: { outcome: 'landed' } });
  expectTidy(s, end);
  const text = s.onMain(taskFile('A1'));
  expect(text).toContain('- [x] greets\n');
  expect(text).toMatch(/^status: 'done'/m);
  expect(text).not.toContain('lock:');
});

test('an agent on a branch of its own is refused; what it did there is kept, the next run has a sane worktree', async () => {
  const s = await scene();
  s.agent.script(
    'A1',
    [
      { git: ['checkout', '-q', '-b', 'mine'] },
      WORK,
      { git: ['add', '-A'] },
      { git: ['commit', '-qm', 'mine'] },
      { write: { 'src/late.txt': 'late\n' } },
    ],
    [{ sh: 'test "$(git branch --show-current)" = "$ROTA_BRANCH"' }, { write: { 'src/b.txt': 'b\n' } }],
  );
  const end = await s.run();
  expect(end).toMatchObject({ code: 1, doc: { outcome: 'refused' } });
  expect(end.doc.reason).toContain('on a foreign branch, mine');
  expectTidy(s, end);
  expect(s.home.git('show', 'mine:src/a.txt')).toBe('a');
  expect(s.record('A1')).toMatchObject({ state: 'blocked', attempts: 1, lock: null });
  s.edit('A1', (text) => text.replace(/status: \S+/, 'status: ready'));
  const next = await s.run();
  expect(next).toMatchObject({ code: 0, doc: { outcome: 'landed' } });
  expect(s.shared.git('ls-tree', '--name-only', 'main', 'src/').split('\n')).toEqual([
    'src/b.txt',
    'src/greet.txt',
  ]);
  expect(s.home.git('show', 'mine:src/a.txt')).toBe('a');
  // What was not committed there is on a rescue ref.
  const [rescue = ''] = s.home.git('for-each-ref', '--format=%(refname)', 'refs/rota/rescue/').split('\n');
  expect(s.home.git('show', `${rescue}:src/late.txt`)).toBe('late');
});

test('an agent with a detached head: its commits are the branch’s', async () => {
  const s = await scene();
  s.agent.script('A1', [
    { git: ['checkout', '-q', '--detach'] },
    WORK,
    { git: ['add', '-A'] },
    { git: ['commit', '-qm', 'mine'] },
  ]);
  const end = await s.run();
  expect(end).toMatchObject({ code: 0, doc: { outcome: 'landed' } });
  expectTidy(s, end);
  expect(s.onMain('src/a.txt')).toBe('a\n');
});

test('an agent that removes its worktree: the next attempt gets a new one', async () => {
  const s = await scene();
  s.agent.script('A1', [{ sh: 'rm -rf "$ROTA_WORKTREE"' }], [WORK]);
  const end = await s.run();
  expect(end).toMatchObject({
    code: 1,
    doc: { outcome: 'partial', reason: 'the worktree folder was deleted' },
  });
  expectTidy(s, end);
  expect(await s.run()).toMatchObject({ code: 0, doc: { outcome: 'landed' } });
});

test('an agent that makes its worktree a repository of its own: refused, and its files are kept', async () => {
  const s = await scene();
  s.agent.script('A1', [WORK, { sh: 'rm .git && git init -q . && git add -A && git commit -qm own' }]);
  const end = await s.run();
  expect(end).toMatchObject({ code: 1, doc: { outcome: 'refused' } });
  expect(end.doc.reason).toContain('.git');
  // Its own commit is no work on the task; it is kept all the same.
  expect(s.home.git('log', '--format=%s', 'main', end.doc.branch)).not.toMatch(/^own$/m);
  const kept = s.home.git('for-each-ref', '--format=%(refname) %(subject)').split('\n');
  expect(kept.filter((line) => line.endsWith(' own')).join()).toMatch(/^refs\/rota\/rescue\/A1\/\S+ own$/);
  expect(s.home.git('show', `${end.doc.branch}:src/a.txt`)).toBe('a');
  expect(s.worktrees()).toEqual([end.doc.worktree]);
});

test('an agent that resets its branch to before its base', async () => {
  const s = await scene();
  s.home.commit('feat: its base', { 'base.txt': 'b\n' });
  s.agent.script('A1', [{ git: ['reset', '-q', '--hard', 'HEAD~1'] }, WORK]);
  const end = await s.run();
  expect(end).toMatchObject({ code: 0, doc: { outcome: 'landed' } });
  expectTidy(s, end);
  expectIntact(s, 'A1', 'done');
});

test('the home checkout is on another branch: main moves, the checkout does not', async () => {
  const s = await scene();
  s.home.git('switch', '-q', '-c', 'elsewhere');
  s.agent.script('A1', [WORK]);
  const end = await s.run();
  expect(end).toMatchObject({ code: 0, doc: { outcome: 'landed' } });
  expectTidy(s, end);
  expect(s.onMain('src/a.txt')).toBe('a\n');
  expect(s.home.exists('src/a.txt')).toBe(false);
  expect(s.home.git('status', '--porcelain')).toBe('');
  expectIntact(s, 'A1', 'done');
});

test('the task file is renamed while the agent works: the same task lands in its new place', async () => {
  const s = await scene();
  s.agent.script('A1', [WORK, { pause: 'work' }]);
  const { ended } = s.start(['run', 'developer']);
  await s.agent.reached('work');
  s.home.git('mv', taskFile('A1'), 'backlog/A1-other-name.md');
  s.home.git('commit', '-q', '-m', 'person: rename');
  s.agent.goOn('work');
  const end = await ended;
  expect(end).toMatchObject({ code: 0, doc: { outcome: 'landed' } });
  expectTidy(s, end);
  expect(s.onMain('backlog/A1-other-name.md')).toMatch(/^status: 'done'/m);
  expect(s.home.git('ls-tree', '--name-only', 'main', 'backlog/')).toBe('backlog/A1-other-name.md');
});

test('an agent that makes its branch a history of its own is refused, and what it did is kept', async () => {
  const s = await scene();
  s.agent.script('A1', [
    {
      sh: 'git checkout -q --orphan new && git commit -qm "feat: all mine" && git branch -M new "$ROTA_BRANCH"',
    },
  ]);
  const end = await s.run();
  expect(end).toMatchObject({ code: 1, doc: { outcome: 'refused' } });
  expect(end.doc.reason).toContain('has no history in common with main');
  expect(s.home.git('log', '-1', '--format=%s', end.doc.branch)).toBe('feat: all mine');
  expect(s.record('A1')).toMatchObject({ state: 'blocked', lock: null });
});
