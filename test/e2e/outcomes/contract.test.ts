import { describe, expect, test } from 'vitest';
import { expectIntact, expectTidy, scene, taskFile } from '../../support/scene.ts';
import { resultText, type Step } from '../../support/scripted-agent.ts';

const BRANCH = 'ai/developer/A1-greet-from-a1';
const WORK: Step = { write: { 'src/a.txt': 'a\n' } };

describe('held', () => {
  test.each<[string, Step, string]>([
    ['a path outside may-edit', { write: { 'roles/developer.md': 'mine\n' } }, 'roles/developer.md'],
    ['a deleted test', { delete: ['test/greet.test.txt'] }, 'test/greet.test.txt'],
    [
      'a key of its own task',
      { sh: `sed -i 's/^priority:.*/priority: low/' ${taskFile('A1')}` },
      taskFile('A1'),
    ],
  ])('%s waits for a person', async (_name, step, path) => {
    const s = await scene();
    s.agent.script('A1', [WORK, step]);
    const end = await s.run();
    expect(end).toMatchObject({
      code: 1,
      doc: { outcome: 'held', branch: BRANCH, gate: [{ name: 'contract', passed: false }] },
    });
    expect(end.doc.reason).toContain(path);
    expectTidy(s, end);
    expect(s.record('A1')).toMatchObject({ state: 'held', attempts: 0, lock: null });
    expect(s.record('A1').reason).toContain(path);
    expect(s.home.git('show', `${BRANCH}:src/a.txt`)).toBe('a');
    expect((await s.run()).doc.outcome).toBe('idle');
  });

  test("a person's word lands it, recorded in the landing's trailer", async () => {
    const s = await scene();
    s.agent.script('A1', [WORK, { delete: ['test/greet.test.txt'] }]);
    expect((await s.run()).doc.outcome).toBe('held');
    expect((await s.rota(['land', 'A1'])).doc.outcome).toBe('held');
    expect(s.record('A1')).toMatchObject({ state: 'held', lock: null });
    const end = await s.rota(['land', 'A1', '--accept', 'it tested nothing']);
    expect(end).toMatchObject({ code: 0, doc: { outcome: 'landed', task: 'A1', branch: BRANCH } });
    expectTidy(s, end);
    expectIntact(s, 'A1', 'done');
    expect(s.shared.git('log', '-1', '--format=%B', 'main')).toContain('accepted: it tested nothing');
    expect(s.record('A1')).toBe(null);
    expect(s.home.exists('test/greet.test.txt')).toBe(false);
    expect(s.home.git('status', '--porcelain')).toBe('');
    // The worktree and the branch of the held run have landed: they go with it.
    expect(s.branches()).toEqual([]);
    expect(s.worktrees()).toEqual([]);
  });

  test('what is refused stays refused, whatever a person accepts', async () => {
    const s = await scene();
    s.agent.script('A1', [{ link: { 'src/etc': '/etc/passwd' } }, { delete: ['test/greet.test.txt'] }]);
    expect((await s.run()).doc.outcome).toBe('refused');
    s.edit('A1', (text) => text.replace(/status: \S+/, 'status: ready'));
    const end = await s.rota(['land', 'A1', '--accept', 'yes']);
    expect(end).toMatchObject({ code: 1, doc: { outcome: 'refused' } });
    expect(s.shared.git('ls-tree', '-r', '--name-only', 'main')).not.toContain('src/etc');
  });
});

describe('refused', () => {
  const main = 'refs/heads/main';
  const token = ['gh', 'p_', 'a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8'].join('');
  test.each<[string, readonly Step[], string]>([
    [
      'main moved to its own commit',
      [
        WORK,
        { git: ['add', '-A'] },
        { git: ['commit', '-qm', 'mine'] },
        { sh: `git update-ref ${main} HEAD` },
      ],
      'has not been gated',
    ],
    [
      'executable config',
      [WORK, { git: ['config', 'core.fsmonitor', 'touch /tmp/never'] }],
      'core.fsmonitor',
    ],
    [
      'a hook',
      [
        WORK,
        { sh: 'f=$(git rev-parse --git-common-dir)/hooks; mkdir -p $f; echo "#!/bin/sh" > $f/pre-commit' },
      ],
      'pre-commit',
    ],
    ['an escaping symbolic link', [WORK, { link: { 'src/out': '../../outside' } }], 'src/out'],
    ['a secret', [{ write: { 'src/key.txt': `token = ${token}\n` } }], 'src/key.txt'],
    [
      'a conflict marker',
      [{ write: { 'src/greet.txt': '<<<<<<< ours\nx\n=======\ny\n>>>>>>> theirs\n' } }],
      'conflict marker',
    ],
  ])('%s', async (_name, steps, said) => {
    const s = await scene();
    s.agent.script('A1', steps);
    const end = await s.run();
    expect(end).toMatchObject({ code: 1, doc: { outcome: 'refused', commit: null } });
    expect(end.doc.reason).toContain(said);
    expect(end.doc.reason).not.toContain(token);
    expect(end.stderr).not.toContain(token);
    expect(s.record('A1')).toMatchObject({ state: 'blocked', attempts: 1, lock: null });
    expect(s.branches()).toEqual([BRANCH]);
    expectTidy(s, end);
    expectIntact(s, 'A1', 'blocked');
    expect((await s.run()).doc.outcome).toBe('idle');
  });

  test('unfinished work that breaks the contract is not pushed either', async () => {
    const s = await scene({ hub: 'file' });
    s.agent.script('A1', [
      { write: { 'src/key.txt': `token = ${token}\n` } },
      { result: resultText('outcome: partial\nsummary: half') },
    ]);
    const end = await s.run();
    expect(end).toMatchObject({ code: 1, doc: { outcome: 'partial' } });
    expectTidy(s, end);
    expect(s.branches()).toEqual([BRANCH]);
    expect(s.worktrees()).toEqual([end.doc.worktree]);
    expect(s.branches(s.shared)).toEqual([]);
  });

  test('with a remote, work that broke the contract stays on this machine', async () => {
    const s = await scene({ hub: 'file' });
    s.agent.script('A1', [{ write: { 'src/key.txt': `token = ${token}\n` } }]);
    const end = await s.run();
    expect(end).toMatchObject({ code: 1, doc: { outcome: 'refused' } });
    expectTidy(s, end);
    expect(s.branches()).toEqual([BRANCH]);
    expect(s.branches(s.shared)).toEqual([]);
    expectIntact(s, 'A1', 'blocked');
  });
});
