import { join } from 'node:path';
import { expect, test } from 'vitest';
import { expectSound, landings, landSoon } from '../../support/aftermath.ts';
import { expectIntact, expectTidy, type Scene, scene, taskFile } from '../../support/scene.ts';
import { resultText, type Step } from '../../support/scripted-agent.ts';

const WORK: readonly Step[] = [{ write: { 'src/a.txt': 'a\n' } }];

/** Runs the agent's steps, then asks what holds whatever they were. */
async function run(s: Scene, ...steps: readonly Step[]) {
  s.agent.script('A1', steps, WORK, WORK, WORK);
  const end = await s.run();
  expectTidy(s, end);
  await expectSound(s);
  return end;
}

/** A person has looked at a refused task and wants another attempt. */
async function askAgain(s: Scene): Promise<void> {
  s.edit('A1', (text) => text.replace(/^status: .*/m, "status: 'ready'   # for work"));
  await landSoon(s);
}

test('an agent that deletes its worktree: said so, and the next run makes a new one', async () => {
  const s = await scene();
  const end = await run(s, ...WORK, { sh: 'rm -rf "$ROTA_WORKTREE"' });
  expect(end).toMatchObject({ code: 1, doc: { outcome: 'partial' } });
  expect(end.doc.reason).toContain('worktree folder was deleted');
  await landSoon(s);
  expect(s.worktrees()).toEqual([]);
});

test('an agent that commits and deletes its worktree: the commits are kept', async () => {
  const s = await scene();
  const commit = 'git add -A && git commit -qm "feat: mine" && rm -rf "$ROTA_WORKTREE"';
  const end = await run(s, { write: { 'src/kept.txt': 'kept\n' } }, { sh: commit });
  expect(end).toMatchObject({ code: 1, doc: { outcome: 'partial' } });
  await landSoon(s);
  expect(s.onMain('src/kept.txt')).toBe('kept\n');
});

test("an agent that deletes its worktree and git's files about it", async () => {
  const s = await scene();
  const end = await run(s, { sh: 'git worktree unlock . && git worktree remove --force "$ROTA_WORKTREE"' });
  expect(end).toMatchObject({ code: 1, doc: { outcome: 'partial' } });
  await landSoon(s);
});

test('an agent that deletes its branch: it comes back with its commits and lands', async () => {
  const s = await scene();
  const end = await run(
    s,
    { write: { 'src/a.txt': 'a\n' } },
    { sh: 'git add -A && git commit -qm "feat: mine" && git update-ref -d "refs/heads/$ROTA_BRANCH"' },
    { write: { 'src/b.txt': 'b\n' } },
  );
  expect(end).toMatchObject({ code: 0, doc: { outcome: 'landed' } });
  expect(s.onMain('src/a.txt')).toBe('a\n');
  expect(s.onMain('src/b.txt')).toBe('b\n');
});

test('an agent that commits by itself: its commits land as they are', async () => {
  const s = await scene();
  const end = await run(
    s,
    ...WORK,
    { sh: 'git add -A && git -c user.name=Agent commit -qm "feat: in my own words"' },
    { write: { 'src/b.txt': 'b\n' } },
    { sh: 'git add -A && git -c user.name=Agent commit -qm "fix: and more"' },
  );
  expect(end).toMatchObject({ code: 0, doc: { outcome: 'landed' } });
  expect(s.home.git('log', '--format=%an %s', 'main^1..main^2')).toBe(
    'Agent fix: and more\nAgent feat: in my own words',
  );
});

test('an agent that commits on a detached head: its commits become the branch and land', async () => {
  const s = await scene();
  const end = await run(s, ...WORK, {
    sh: 'git checkout -q --detach && git add -A && git commit -qm one && git commit -q --amend -m two',
  });
  expect(end).toMatchObject({ doc: { outcome: 'landed' } });
  expect(s.onMain('src/a.txt')).toBe('a\n');
});

test('an agent that leaves its branch behind with a detached head: both are kept, the next run lands', async () => {
  const s = await scene();
  const end = await run(
    s,
    { write: { 'src/one.txt': 'one\n' } },
    { sh: 'git add -A && git commit -qm one && git checkout -q --detach main' },
    { write: { 'src/two.txt': 'two\n' } },
    { sh: 'git add -A && git commit -qm two' },
  );
  expect(end).toMatchObject({ code: 1, doc: { outcome: 'partial' } });
  await landSoon(s);
  expect(s.onMain('src/one.txt')).toBe('one\n');
  expect(s.home.git('log', '--all', '--reflog', '--format=%s')).toContain('two');
});

test('an agent that switches to a branch of its own: nothing lands, all of it is kept', async () => {
  const s = await scene();
  const end = await run(s, ...WORK, {
    sh: 'git checkout -q -b elsewhere && git add -A && git commit -qm mine',
  });
  expect(end.code).toBe(1);
  expect(landings(s)).toEqual([]);
  expect(s.home.git('show', 'elsewhere:src/a.txt')).toBe('a');
});

test("an agent that ticks a criterion in its own task's body: it lands, notes of people and log included", async () => {
  const s = await scene();
  const end = await run(s, ...WORK, { sh: `sed -i 's/- \\[ \\] greets/- [x] greets/' ${taskFile('A1')}` });
  expect(end).toMatchObject({ code: 0, doc: { outcome: 'landed' } });
  const text = s.onMain(taskFile('A1'));
  expect(text).toContain('- [x] greets\n');
  expect(text).toMatch(/^status: 'done' {3}# for work$/m);
  expect(text).not.toContain('lock:');
});

test.each([
  ['priority', 's/^priority: .*/priority: low/', 'held'],
  ['status', 's/^status: .*/status: done/', 'held'],
  ['id', 's/^id: .*/id: A9/', 'refused'],
  ['lock', '/^lock: /d', 'refused'],
])("an agent that edits its own task's %s", async (key, sed, outcome) => {
  const s = await scene();
  const end = await run(s, ...WORK, { sh: `sed -i '${sed}' ${taskFile('A1')}` });
  if (key === 'lock' && end.doc.outcome === 'landed') {
    // The block is not on the branch: the claim's commit shows it on main alone.
    expectIntact(s, 'A1', 'done');
    return;
  }
  expect(end).toMatchObject({ code: 1, doc: { outcome } });
  expect(end.doc.reason).toContain(`\`${key}\``);
  expect(landings(s)).toEqual([]);
  // What waits for a word shows its block until somebody looks after it.
  await s.rota(['sweep']);
  expectIntact(s, 'A1', outcome === 'held' ? 'ready' : 'blocked');
});

test('an agent that moves main to its own commit: refused, named', async () => {
  const s = await scene();
  s.agent.script('A1', [
    ...WORK,
    { sh: 'git add -A && git commit -qm mine && git update-ref refs/heads/main HEAD' },
  ]);
  const end = await s.run();
  expect(end).toMatchObject({ code: 1, doc: { outcome: 'refused' } });
  expect(end.doc.reason).toMatch(/main was moved to [0-9a-f]+, a commit of this run/);
  await expectSound(s);
  expect(s.record('A1')).toMatchObject({ state: 'blocked', lock: null });
});

test("an agent that commits in the person's checkout: gated like a person's commit, never landed over", async () => {
  const s = await scene();
  const commit = 'cd "$ROTA_HOME" && echo x > sneaked.txt && git add sneaked.txt && git commit -qm sneaked';
  const end = await run(s, ...WORK, { sh: commit });
  expect(end).toMatchObject({ code: 0, doc: { outcome: 'landed' } });
  expect(s.home.git('log', '-1', '--format=%s', 'main^1')).toBe('sneaked');
  expect(s.home.git('status', '--porcelain')).toBe('');
});

test("an agent that breaks main from the person's checkout: main-red, and nothing more is picked", async () => {
  const s = await scene();
  const commit = 'cd "$ROTA_HOME" && echo x > broken && git add broken && git commit -qm breaks';
  s.agent.script('A1', [...WORK, { sh: commit }]);
  const end = await s.run();
  expect(end).toMatchObject({ code: 1, doc: { outcome: 'main-red' } });
  expect(landings(s)).toEqual([]);
  expect(await s.run()).toMatchObject({ code: 0, doc: { outcome: 'idle' } });
  s.home.git('rm', '-q', 'broken');
  s.home.git('commit', '-qm', 'person: mends it');
  s.agent.script('A1', [], [], WORK);
  const again = await s.run();
  expect(again).toMatchObject({ code: 0, doc: { outcome: 'landed' } });
});

test('an agent that leaves conflict markers: refused, with file and line', async () => {
  const s = await scene();
  const text = '<<<<<<< HEAD\nhello\n=======\nHELLO\n>>>>>>> other\n';
  const end = await run(s, { write: { 'src/greet.txt': text } });
  expect(end).toMatchObject({ code: 1, doc: { outcome: 'refused' } });
  expect(end.doc.reason).toContain('src/greet.txt: line 1: a conflict marker was left');
});

test('an agent that leaves a merge open, with conflicts in the index', async () => {
  const s = await scene();
  const merge = `git checkout -q -b side && echo side > src/greet.txt && git commit -qam side &&
    git checkout -q "$ROTA_BRANCH" && echo ours > src/greet.txt && git commit -qam ours && ! git merge -q side`;
  const end = await run(s, { sh: merge });
  expect(end).toMatchObject({ code: 1, doc: { outcome: 'refused' } });
  expect(landings(s)).toEqual([]);
});

test("an agent that deletes the worktree's .git file: the work is there and lands", async () => {
  const s = await scene();
  const end = await run(s, ...WORK, { delete: ['.git'] });
  expect(end.doc.outcome).toBe('landed');
  expect(s.onMain('src/a.txt')).toBe('a\n');
});

test('an agent that makes a repository of its own out of the worktree: its folder is what lands', async () => {
  const s = await scene();
  const end = await run(s, ...WORK, { sh: 'rm .git && git init -q . && git add -A && git commit -qm mine' });
  expect(['landed', 'partial', 'refused']).toContain(end.doc.outcome);
  if (end.doc.outcome === 'landed') expect(s.onMain('src/a.txt')).toBe('a\n');
  else expect(s.home.exists(`.worktrees/${end.doc.branch}/src/a.txt`)).toBe(true);
});

test("an agent that points the worktree's .git file at another repository", async () => {
  const s = await scene();
  const other = s.box.repo('other');
  const end = await run(s, ...WORK, { sh: `echo "gitdir: ${other.root}/.git" > .git` });
  expect(other.git('log', '--format=%s')).toBe('chore: first');
  expect(['landed', 'partial', 'refused']).toContain(end.doc.outcome);
  if (end.doc.outcome === 'landed') expect(s.onMain('src/a.txt')).toBe('a\n');
});

test('an agent that writes outside its worktree: the files of the person are not what lands', async () => {
  const s = await scene();
  const end = await run(s, ...WORK, { sh: 'echo mine > "$ROTA_HOME/stray.txt"' });
  expect(end.doc.outcome).toBe('landed');
  expect(s.home.git('status', '--porcelain')).toBe('?? stray.txt');
});

test.each([
  ['an absolute path', '/etc/passwd'],
  ['a path out of the repository', '../../../../../etc/passwd'],
])('an agent that leaves a symbolic link to %s', async (_what, target) => {
  const s = await scene();
  const end = await run(s, { link: { 'src/link': target } });
  expect(end).toMatchObject({ code: 1, doc: { outcome: 'refused' } });
  expect(end.doc.reason).toContain('src/link: a symbolic link');
});

test('an agent that leaves a repository inside its worktree', async () => {
  const s = await scene();
  const end = await run(s, ...WORK, {
    sh: 'git init -q nested && cd nested && echo n > n.txt && git add -A && git commit -qm nested',
  });
  expect(landings(s)).toEqual([]);
  expect(end.code).toBe(1);
  expect(s.home.exists(join('.worktrees', end.doc.branch, 'nested/n.txt'))).toBe(true);
});

test('a result may ask: blocked with the question, for a person to answer in the file', async () => {
  const s = await scene();
  const end = await run(s, ...WORK, {
    result: resultText('outcome: blocked\nsummary: I cannot know.\nquestion: Which greeting?'),
  });
  expect(end).toMatchObject({ code: 1, doc: { outcome: 'blocked' } });
  expect(s.onMain(taskFile('A1'))).toContain('Which greeting?');
  await askAgain(s);
});
