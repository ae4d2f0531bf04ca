import { expect, test } from 'vitest';
import { expectTidy, type Scene, type SceneWish, scene } from '../../support/scene.ts';

const BRANCH = 'ai/developer/A1-greet-from-a1';

/** A run whose branch changes a role and deletes a test. */
async function heldScene(config: SceneWish['config'] = {}): Promise<Scene> {
  const s = await scene({ config });
  s.agent.script('A1', [
    { write: { 'roles/new.md': 'not a role yet\n', 'src/greet.txt': 'HELLO\n' } },
    { delete: ['test/greet.test.txt'] },
  ]);
  expect((await s.run()).doc.outcome).toBe('held');
  return s;
}

function gateTrailers(s: Scene, commit: string): string[] {
  return s.home.git('log', '-1', '--format=%(trailers:key=Gate,valueonly)', commit).split('\n');
}

test('the landing says what was accepted, and why', async () => {
  const s = await heldScene();
  const end = await s.rota(['land', 'A1', '--accept', 'we talked about it']);
  expect(end).toMatchObject({ code: 0, doc: { outcome: 'landed' } });
  expectTidy(s, end);
  expect(end.stderr).toContain('accepted: test/greet.test.txt: an existing test was deleted');
  expect(gateTrailers(s, 'main').filter((line) => line.startsWith('accepted'))).toEqual([
    'accepted: we talked about it',
    'accepted protected: roles/new.md',
    'accepted test-removed: test/greet.test.txt',
  ]);
});

test('a branch that changes while an accepted landing waits is judged again', async () => {
  const s = await heldScene();
  s.home.write('src/greet.txt', 'mine, not committed\n');
  const waits = await s.rota(['land', 'A1', '--accept', 'we talked about it']);
  expect(waits).toMatchObject({ code: 1, doc: { outcome: 'waiting' } });
  const [worktree] = s.worktrees();
  s.home.git('-C', worktree!, 'rm', '-qr', '--ignore-unmatch', 'src');
  s.home.git('-C', worktree!, 'commit', '-q', '--allow-empty', '-m', 'more');
  s.home.git('checkout', '-q', '--', 'src/greet.txt');
  const again = await s.rota(['land', 'A1']);
  expect(again).toMatchObject({ code: 1, doc: { outcome: 'held', branch: BRANCH } });
  expect(again.doc.reason).toContain('roles/new.md');
  expect(s.onMain('src/greet.txt')).toBe('hello\n');
});

/** A person narrows the role on main: `src/` is nobody's any more. */
function closeSrc(s: Scene): void {
  const role = s.home.read('roles/developer.md').replace('"!rota.yaml"', '"!rota.yaml", "!src/**"');
  s.home.commit("person: src is nobody's", { 'roles/developer.md': role });
}

const CLOSED = 'modified src/greet.txt: excluded by "!src/**"; role developer may not edit it (may-edit)';

test('what main finds in addition while the gate runs is not accepted', async () => {
  const s = await heldScene((agent) => ({ gate: JSON.stringify([agent.pauseCommand('gate')]) }));
  const { ended } = s.start(['land', 'A1', '--accept', 'we talked about it']);
  await s.agent.reached('gate');
  closeSrc(s);
  s.agent.goOn('gate');
  const end = await ended;
  expect(end).toMatchObject({ code: 1, doc: { outcome: 'held', task: 'A1' } });
  expect(end.doc.reason).toBe(CLOSED);
  expect(s.onMain('src/greet.txt')).toBe('hello\n');
});

test('on another main, what waited is judged again, all of it', async () => {
  const s = await heldScene();
  s.home.write('src/greet.txt', 'mine, not committed\n');
  const waits = await s.rota(['land', 'A1', '--accept', 'we talked about it']);
  expect(waits).toMatchObject({ code: 1, doc: { outcome: 'waiting' } });
  s.home.git('checkout', '-q', '--', 'src/greet.txt');
  closeSrc(s);
  const end = await s.run();
  expect(end).toMatchObject({ code: 1, doc: { outcome: 'held', task: 'A1' } });
  for (const what of ['roles/new.md', CLOSED, 'test/greet.test.txt']) expect(end.doc.reason).toContain(what);
  expect(s.onMain('src/greet.txt')).toBe('hello\n');
});
