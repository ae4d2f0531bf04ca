import { describe, expect, test } from 'vitest';
import { expectTidy, type Scene, type SceneWish, scene, taskFile, taskText } from '../../support/scene.ts';
import { resultText, type Step } from '../../support/scripted-agent.ts';

const BRANCH = 'ai/developer/A1-greet-from-a1';
const WORK: Step = { write: { 'src/a.txt': 'a\n' } };
const PROPOSES = resultText('outcome: done\ntasks: [{id: NEW-1, title: More of it, type: chore}]');

function forgeScene(wish: SceneWish = {}): Promise<Scene> {
  return scene({ ...wish, hub: 'forge', config: { integrate: 'pr' } });
}

describe('a proposed branch that is gone on with', () => {
  test("rota's own final form is no change of the agent's; what was proposed with it stays, once", async () => {
    const s = await forgeScene({ role: { attempts: 5 } });
    s.agent.script('A1', [WORK, { result: PROPOSES }], [{ write: { 'src/b.txt': 'b\n' } }]);
    const first = await s.run();
    expect(first.doc).toMatchObject({ outcome: 'proposed' });
    // Main goes on meanwhile, the task's own file included.
    s.edit('A1', (text) => text.replace('priority: medium', 'priority: high'));
    const again = await s.rota(['run', 'developer', '--pr', '1']);
    expect(again).toMatchObject({ code: 0, doc: { outcome: 'proposed', reason: null } });
    expectTidy(s, again);
    const text = s.shared.git('show', `${BRANCH}:${taskFile('A1')}`);
    expect(text).toMatch(/^priority: high$/m);
    expect(text).toMatch(/^status: '?done'? {3}# for work$/m);
    const files = s.shared.git('ls-tree', '--name-only', BRANCH, 'backlog/').split('\n');
    expect(files).toEqual([taskFile('A1'), 'backlog/A2-more-of-it.md']);
    expect(s.record('A2')).toMatchObject({ state: 'reserved', lock: null, reason: 'proposed with A1' });
    expect((await s.rota(['add', 'Another'])).doc).toMatchObject({ id: 'A3' });
    s.forge!.merge(1, 'merge');
    expect(s.onMain('backlog/A2-more-of-it.md')).toContain('status: draft');
  });

  test.each([
    [
      'opens its own task again',
      { sh: `sed -i "s/'done'/'ready'/;s/done/ready/" ${taskFile('A1')}` },
      'status',
    ],
    [
      'changes a task that was proposed with it',
      { sh: "sed -i 's/draft/ready/' backlog/A2-more-of-it.md" },
      'A2-more-of-it.md',
    ],
    ['adds a task by itself', { write: { 'backlog/A9-mine.md': taskText('A9') } }, 'A9-mine.md'],
  ] as const)('an agent that %s then is held', async (_name, step, words) => {
    const s = await forgeScene();
    s.agent.script('A1', [WORK, { result: PROPOSES }], [step as Step]);
    const first = await s.run();
    expect(first.doc).toMatchObject({ outcome: 'proposed' });
    const end = await s.rota(['run', 'developer', '--pr', '1']);
    expect(end).toMatchObject({ code: 1, doc: { outcome: 'held' } });
    expect(end.doc.reason).toContain(words);
    expect(s.shared.git('rev-parse', BRANCH)).toBe(first.doc.commit);
    expect(s.record('A1')).toMatchObject({ pr: first.doc.pr, proposal: { head: first.doc.commit } });
  });

  test('commits that reviewers pushed on top stay, and another machine goes on with them', async () => {
    const s = await forgeScene();
    s.agent.script('A1', [WORK], [{ sh: 'test -e src/mended.txt' }, { write: { 'src/b.txt': 'b\n' } }]);
    await s.run();
    const reviewer = s.clone('reviewer');
    reviewer.git('switch', '-q', BRANCH);
    const theirs = reviewer.commit('fix: mend it', { 'src/mended.txt': 'mended\n' });
    reviewer.git('push', '-q', s.shared.root, `HEAD:${BRANCH}`);
    const other = s.clone('other');
    const again = await s.rota(['run', 'developer', '--pr', '1'], other);
    expect(again).toMatchObject({ code: 0, doc: { outcome: 'proposed', branch: BRANCH } });
    s.shared.git('merge-base', '--is-ancestor', theirs, BRANCH);
    const show = (path: string) => s.shared.git('show', `${BRANCH}:${path}`);
    expect([show('src/a.txt'), show('src/b.txt'), show('src/mended.txt')]).toEqual(['a', 'b', 'mended']);
  });

  test('standing work is put off on the branch, and may propose tasks alone', async () => {
    const s = await forgeScene({ tasks: { [taskFile('A1')]: taskText('A1', { repeat: '7d' }) } });
    s.agent.script('A1', [{ result: PROPOSES }]);
    const end = await s.run();
    expect(end).toMatchObject({ code: 0, doc: { outcome: 'proposed' } });
    const text = s.shared.git('show', `${BRANCH}:${taskFile('A1')}`);
    expect(text).toMatch(/^status: '?ready'?/m);
    expect(text).toMatch(/^not-before: 20/m);
  });

  test('rota land proposes a branch that a person prepared', async () => {
    const s = await forgeScene();
    s.home.git('switch', '-q', '-c', 'mine');
    s.home.commit('feat: mine', { 'src/mine.txt': 'mine\n' });
    s.home.git('switch', '-q', 'main');
    const end = await s.rota(['land', 'A1', '--branch', 'mine']);
    expect(end).toMatchObject({ code: 0, doc: { outcome: 'proposed', branch: 'mine' } });
    expect(s.forge!.get(1)).toMatchObject({ branch: 'mine', head: end.doc.commit });
    expect(s.record('A1')).toMatchObject({
      state: 'proposed',
      pr: end.doc.pr,
      lock: null,
      proposal: { branch: 'mine' },
    });
  });
});
