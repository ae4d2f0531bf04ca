import { expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { expectSound, landings } from '../../support/aftermath.ts';
import type { Step } from '../../support/scripted-agent.ts';
import { askAgain, type HostileScene, hostileScene } from './canary.ts';

const WORK: Step = { write: { 'src/a.txt': 'a\n' } };
const COMMIT: Step = { sh: 'git add -A && git commit -qm mine' };
const A2_BRANCH = 'ai/developer/A2-greet-from-a2';

test.each([
  ['its own commit', 'git update-ref refs/heads/main HEAD'],
  ['nothing', 'git update-ref -d refs/heads/main'],
])('main is moved to %s: refused, put back, and home is as it was', async (_what, sh) => {
  const s = await hostileScene();
  s.home.commit('person: work', { 'src/b.txt': 'b\n' });
  s.agent.script('A1', [{ write: { broken: 'x\n' } }, COMMIT, { sh }], [WORK]);
  const end = await s.run();
  expect(end).toMatchObject({ code: 1, doc: { outcome: 'refused' } });
  expect(end.doc.reason).toMatch(/main was (moved to|deleted).*; it is back at [0-9a-f]{10}/);
  expect(s.home.git('status', '--porcelain')).toBe('');
  expect(s.onMain('src/b.txt')).toBe('b\n');
  s.canary.expectAlive();
  await expectSound(s);
});

test("the remote's main is moved by a push: refused, named", async () => {
  const s = await hostileScene({ hub: 'file' });
  s.agent.script('A1', [WORK, COMMIT, { sh: 'git push -q origin HEAD:main' }]);
  const end = await s.run();
  expect(end).toMatchObject({ code: 1, doc: { outcome: 'refused' } });
  expect(end.doc.reason).toMatch(/on the remote, main was moved to [0-9a-f]+, a commit of this run/);
  expect(landings(s)).toEqual([]);
});

test("another task's branch, record and rescue are deleted: nothing of them is lost, and all of it is said", async () => {
  const s = await hostileScene();
  s.agent.script('A2', [{ write: { 'src/theirs.txt': 'theirs\n' } }, { exit: 1 }]);
  expect((await s.run('A2')).doc.outcome).not.toBe('landed');
  const theirs = s.home.git('rev-parse', A2_BRANCH);
  const rescue = 'refs/rota/rescue/A2/20991231T101112Z';
  s.home.git('update-ref', rescue, theirs);
  const gone = [`refs/heads/${A2_BRANCH}`, 'refs/rota/tasks/A2', rescue];
  // Its worktree keeps the branch for git's own commands, not for plumbing.
  s.agent.script('A1', [WORK, ...gone.map((ref) => ({ sh: `git update-ref -d ${ref}` }))]);
  const end = await s.run('A1');
  expect(end.doc.outcome).toBe('landed');
  expect(end.stderr).toContain(`the branch ${A2_BRANCH} was deleted`);
  expect(end.stderr).toContain('the record of A2 was removed');
  expect(end.stderr).toContain(`${rescue} was removed; it is back`);
  const kept = s.home.git('for-each-ref', '--format=%(objectname)', 'refs/rota/rescue/A2').split('\n');
  expect(kept).toEqual([theirs, theirs]);
  s.canary.expectAlive();
});

/** A record as rota writes it, in the hands of an agent: the object id of one with these changes. */
function forge(s: HostileScene, task: string, change: Record<string, unknown>, keep: string[] = []): string {
  const ref = `refs/rota/tasks/${task}`;
  const there = s.home.git('for-each-ref', '--format=%(objectname)', ref);
  const before = there === '' ? null : parse(s.home.git('cat-file', 'blob', `${there}:record.yaml`));
  const empty = {
    ...{ v: 1, task, lock: null, state: null, attempts: 0, reason: null, notes: [], 'not-before': null },
    ...{ pr: null, waiting: null, publish: null, of: null, log: [], nonce: 'x' },
  };
  s.home.write('../record.yaml', stringify({ ...empty, ...before, ...change }));
  const blob = s.home.git('hash-object', '-w', '../record.yaml');
  const tree = s.home.git('-c', `alias.t=!printf '100644 blob ${blob}\\trecord.yaml\\n' | git mktree`, 't');
  const commit = s.home.git('commit-tree', ...keep.flatMap((one) => ['-p', one]), '-m', 'rota: record', tree);
  s.home.git('update-ref', ref, commit);
  return commit;
}

/** A landing of `files` on A2's branch that says of itself that it was gated. */
function forgeLanding(s: HostileScene, files: Record<string, string>): { commit: string; base: string } {
  const base = s.home.git('rev-parse', 'main');
  const at = `${s.box.folder}/forge`;
  s.home.git('worktree', 'add', '-q', '--detach', at, 'main');
  for (const [path, text] of Object.entries(files)) s.home.write(`../forge/${path}`, text);
  s.home.git('-C', at, 'add', '-A');
  s.home.git('-C', at, 'commit', '-qm', 'theirs');
  const tip = s.home.git('-C', at, 'rev-parse', 'HEAD');
  const tree = s.home.git('rev-parse', `${tip}^{tree}`);
  const message = `feat(A2): greet\n\nTask: A2\nRole: developer\nRun: 01FORGED\nBranch: ${A2_BRANCH}\nAgent: x\nGate: green; all passed\nGate: accepted: I may\nGated: ${tree}`;
  const commit = s.home.git('commit-tree', '-p', base, '-p', tip, '-m', message, tree);
  s.home.git('worktree', 'remove', '--force', at);
  s.home.git('branch', A2_BRANCH, tip);
  return { commit, base };
}

test.each([
  ['red', { broken: 'x\n' }, 'red'],
  ['against the rules', { 'rota.yaml': 'gate: none\n' }, 'held'],
])(
  'work that is %s, in a forged record that says it was gated: no sweep lands it, the next run finds out',
  async (_what, files, outcome) => {
    const s = await hostileScene();
    s.agent.script('A1', [WORK, { pause: 'agent' }]);
    const { ended } = s.start(['run', 'developer', 'A1']);
    await s.agent.reached('agent');
    const { commit, base } = forgeLanding(s, files);
    const waiting = { commit, base, reason: 'x', since: '2026-01-01T00:00:00.000Z' };
    forge(s, 'A2', { state: 'waiting', waiting }, [commit]);
    s.agent.goOn('agent');
    const end = await ended;
    expect(end.stderr).toContain('the record of A2 was added and no run had that task');
    const swept = await s.rota(['sweep']);
    expect(swept.doc.landed).toEqual([]);
    expect(JSON.stringify(swept.doc.kept)).toContain('no note of this machine says that its gate was green');
    s.agent.script('A2', []);
    const next = await s.run('A2');
    expect(next).toMatchObject({ code: 1, doc: { outcome } });
    expect(landings(s, 'A2')).toEqual([]);
    s.canary.expectAlive();
  },
);

test.each([
  ['says that it waits, gated', { state: 'waiting' }],
  [
    'has no attempts and another log',
    { attempts: 0, log: ['2026-01-01 00:00:00 UTC | pm | A1 | landed | forged'] },
  ],
])(
  'its own record, rewritten so that it %s: refused, and what was written there is not believed',
  async (_what, change) => {
    const s = await hostileScene();
    s.agent.script('A1', [WORK, { pause: 'agent' }]);
    const { ended } = s.start(['run', 'developer', 'A1']);
    await s.agent.reached('agent');
    forge(s, 'A1', change);
    s.agent.goOn('agent');
    const end = await ended;
    expect(end).toMatchObject({ code: 1, doc: { outcome: 'refused' } });
    expect(end.doc.reason).toContain("this run's record was rewritten by somebody else");
    expect(JSON.stringify(s.record('A1'))).not.toContain('forged');
    expect(s.record('A1')).toMatchObject({ state: 'blocked', lock: null });
    await askAgain(s);
  },
);

test('its own record, deleted: nothing lands, the work is kept', async () => {
  const s = await hostileScene();
  s.agent.script('A1', [WORK, { sh: 'git update-ref -d refs/rota/tasks/A1' }]);
  const end = await s.run('A1');
  expect(end).toMatchObject({ code: 1, doc: { outcome: 'revoked' } });
  expect(landings(s)).toEqual([]);
  expect(s.home.git('show', `${end.doc.branch}:src/a.txt`)).toBe('a');
});

test('a forged record whose work is not on the branch of the task closes nothing: the agent gets its turn', async () => {
  const s = await hostileScene();
  const { commit, base } = forgeLanding(s, { 'src/x.txt': 'x\n' });
  s.home.git('branch', '-qD', A2_BRANCH);
  const waiting = { commit, base, reason: 'x', since: '2026-01-01T00:00:00.000Z' };
  forge(s, 'A2', { state: 'waiting', waiting }, [commit]);
  s.agent.script('A2', [{ write: { 'src/real.txt': 'real\n' } }]);
  const end = await s.run('A2');
  expect(end).toMatchObject({ code: 0, doc: { outcome: 'landed', task: 'A2' } });
  expect(s.agent.turns('A2')).toBe(1);
  expect(end.stderr).toContain('what waited is not on ai/developer/A2-greet-from-a2 any more; it is kept as');
  expect(s.onMain('src/real.txt')).toBe('real\n');
  expect(s.home.git('ls-tree', '-r', '--name-only', 'main')).not.toContain('src/x.txt');
});
