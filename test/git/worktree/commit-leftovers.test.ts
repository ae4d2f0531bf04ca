import { existsSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { commitLeftovers } from '../../../src/run/worktree/commit-leftovers.ts';
import { openMerge } from '../../../src/run/worktree/open-merge.ts';
import { BRANCH, openTestProject } from './open-test-project.ts';

test('everything that is not committed is committed; ignored files are not; nothing twice', async () => {
  const { repo, project, make, gitIn } = await openTestProject();
  const made = await make();
  repo.write('.git/info/exclude', `${repo.read('.git/info/exclude')}*.mine\n`);
  const home = repo.sandbox.env['HOME']!;
  mkdirSync(join(home, '.config/git'), { recursive: true });
  writeFileSync(join(home, '.config/git/ignore'), '*.global\n');
  writeFileSync(join(made.path, 'src/a.txt'), 'changed\n');
  rmSync(join(made.path, 'src/b.txt'));
  mkdirSync(join(made.path, 'src/b.txt'));
  writeFileSync(join(made.path, 'src/b.txt/inside'), 'x\n', { mode: 0o755 });
  symlinkSync('a.txt', join(made.path, 'src/link'));
  for (const name of ['x.log', 'x.mine', 'x.global']) writeFileSync(join(made.path, name), 'ignored\n');
  writeFileSync(join(made.path, 'staged.txt'), 'staged\n');
  gitIn(made.path, 'add', 'staged.txt');
  const left = await commitLeftovers(project, made, 'feat(A1): all of it');
  expect(left).toMatchObject({ committed: true, problem: null });
  expect(gitIn(made.path, 'log', '-1', '--format=%an <%ae> %s|%cn', left.tip)).toBe(
    'Pat Example <pat@example.org> feat(A1): all of it|Pat Example',
  );
  expect(
    gitIn(made.path, 'ls-tree', '-r', '--format=%(objectmode) %(path)', left.tip, 'src', 'staged.txt'),
  ).toBe('100644 src/a.txt\n100755 src/b.txt/inside\n120000 src/link\n100644 staged.txt');
  expect(gitIn(made.path, 'status', '--porcelain')).toBe('');
  expect(gitIn(made.path, 'diff-files', '--name-only')).toBe('');
  expect(await commitLeftovers(project, made, 'feat: again')).toEqual({
    tip: left.tip,
    committed: false,
    problem: null,
  });
});

test('changes that an agent hid in its index are committed all the same', async () => {
  const { project, make, gitIn } = await openTestProject();
  const made = await make();
  gitIn(made.path, 'update-index', '--assume-unchanged', 'src/a.txt');
  gitIn(made.path, 'update-index', '--skip-worktree', 'src/b.txt');
  writeFileSync(join(made.path, 'src/a.txt'), 'hidden\n');
  writeFileSync(join(made.path, 'src/b.txt'), 'hidden\n');
  const left = await commitLeftovers(project, made, 'feat: x');
  expect(gitIn(made.path, 'diff', '--name-only', made.tip, left.tip)).toBe('src/a.txt\nsrc/b.txt');
});

test('commits on a detached HEAD on top of the branch become the branch', async () => {
  const { project, make, gitIn } = await openTestProject();
  const made = await make();
  gitIn(made.path, 'checkout', '-q', '--detach');
  writeFileSync(join(made.path, 'src/a.txt'), '1\n');
  gitIn(made.path, 'commit', '-qam', 'feat: detached');
  writeFileSync(join(made.path, 'src/a.txt'), '2\n');
  const left = await commitLeftovers(project, made, 'feat: rest');
  expect(left.problem).toBeNull();
  expect(gitIn(made.path, 'log', '--format=%s', `${made.tip}..${BRANCH}`)).toBe('feat: rest\nfeat: detached');
  expect(gitIn(made.path, 'symbolic-ref', 'HEAD')).toBe(`refs/heads/${BRANCH}`);
});

test('a HEAD on a foreign branch, on an old commit or in a rebase is a problem, and nothing is committed', async () => {
  const { repo, project, make, gitIn } = await openTestProject();
  repo.commit('feat: second', { 'src/c.txt': 'c\n' });
  const made = await make();
  writeFileSync(join(made.path, 'src/a.txt'), 'x\n');
  gitIn(made.path, 'switch', '-qc', 'elsewhere');
  expect(await commitLeftovers(project, made, 'm')).toEqual({
    tip: made.tip,
    committed: false,
    foreign: true,
    problem: `the worktree is on a foreign branch, elsewhere, instead of ${BRANCH}`,
  });
  gitIn(made.path, 'checkout', '-q', '--detach', 'HEAD~1');
  expect((await commitLeftovers(project, made, 'm')).problem).toContain('is detached at');
  gitIn(made.path, 'stash', '-q');
  gitIn(made.path, 'switch', '-q', BRANCH);
  writeFileSync(join(made.path, 'src/a.txt'), 'mine\n');
  gitIn(made.path, 'commit', '-qam', 'mine');
  repo.commit('feat: theirs', { 'src/a.txt': 'theirs\n' });
  expect(() => gitIn(made.path, 'rebase', 'main')).toThrow();
  expect((await commitLeftovers(project, made, 'm')).problem).toBe(
    'a rebase was left unfinished in the worktree',
  );
});

test('a deleted or replaced .git file, and a deleted worktree, do not stop it', async () => {
  const { repo, project, make } = await openTestProject();
  const made = await make();
  rmSync(join(made.path, '.git'));
  writeFileSync(join(made.path, '1.txt'), '1\n');
  expect(await commitLeftovers(project, made, 'feat: 1')).toMatchObject({ committed: true, problem: null });
  writeFileSync(join(made.path, '.git'), `gitdir: ${join(repo.root, '.git')}\n`);
  writeFileSync(join(made.path, '2.txt'), '2\n');
  expect(await commitLeftovers(project, made, 'feat: 2')).toMatchObject({ committed: true, problem: null });
  expect(repo.git('symbolic-ref', 'HEAD')).toBe('refs/heads/main');
  expect(repo.git('log', '--format=%s', `main..${BRANCH}`)).toBe('feat: 2\nfeat: 1');
  rmSync(made.path, { recursive: true });
  const tip = repo.git('rev-parse', BRANCH);
  expect(await commitLeftovers(project, made, 'feat: 3')).toEqual({
    tip,
    committed: false,
    problem: 'the worktree folder was deleted',
  });
});

test("git's entry deleted by the agent: the work is committed, and it is named", async () => {
  const { repo, project, make } = await openTestProject();
  const made = await make();
  writeFileSync(join(made.path, '1.txt'), '1\n');
  rmSync(made.adminDir, { recursive: true });
  const left = await commitLeftovers(project, made, 'feat: 1');
  expect(left).toMatchObject({ committed: true, problem: "git's files about the worktree were deleted" });
  expect(repo.git('show', `${BRANCH}:1.txt`)).toBe('1');
});

test('a branch that the agent deleted comes back with its commits', async () => {
  const { repo, project, make, gitIn } = await openTestProject();
  const made = await make();
  writeFileSync(join(made.path, '1.txt'), '1\n');
  gitIn(made.path, 'add', '-A');
  gitIn(made.path, 'commit', '-qm', 'feat: 1');
  repo.git('update-ref', '-d', `refs/heads/${BRANCH}`);
  writeFileSync(join(made.path, '2.txt'), '2\n');
  const left = await commitLeftovers(project, made, 'feat: 2');
  expect(left).toMatchObject({ committed: true, problem: null });
  expect(repo.git('log', '--format=%s', `main..${BRANCH}`)).toBe('feat: 2\nfeat: 1');
});

test('repositories inside: one with a commit becomes a gitlink, one without is named, the rest is committed; none is entered', async () => {
  const { repo, project, make, gitIn } = await openTestProject();
  const made = await make();
  const proof = join(repo.sandbox.folder, 'ran');
  for (const name of ['full', 'empty']) {
    mkdirSync(join(made.path, name));
    gitIn(join(made.path, name), 'init', '-q');
    writeFileSync(join(made.path, name, 'f'), 'f\n');
  }
  const full = join(made.path, 'full');
  writeFileSync(join(full, '.gitattributes'), '* filter=evil\n');
  gitIn(full, 'add', '-A');
  gitIn(full, 'commit', '-qm', 'inner');
  gitIn(full, 'config', 'filter.evil.clean', `sh -c 'echo ran >> ${proof}; cat'`);
  gitIn(full, 'config', 'core.fsmonitor', `sh -c 'echo ran >> ${proof}'`);
  writeFileSync(join(full, 'f'), 'changed\n');
  writeFileSync(join(made.path, 'work.txt'), 'work\n');
  const first = await commitLeftovers(project, made, 'feat: x');
  expect(first).toMatchObject({ committed: true, problem: expect.stringContaining('empty/') });
  expect(repo.git('ls-tree', '-r', first.tip, 'full', 'work.txt')).toMatch(
    /^160000 commit [^\n]*full\n100644 [^\n]*work.txt$/,
  );
  await commitLeftovers(project, made, 'feat: y');
  expect(existsSync(proof)).toBe(false);
});

test('a merge with main in a running worktree: clean, then with a conflict', async () => {
  const { repo, project, make, main, gitIn } = await openTestProject();
  const made = await make();
  writeFileSync(join(made.path, 'src/a.txt'), 'mine\n');
  await commitLeftovers(project, made, 'feat: mine');
  expect(await openMerge(project, made, main())).toBeNull();
  const clean = repo.commit('feat: b', { 'src/b.txt': 'theirs\n' });
  expect(await openMerge(project, made, clean)).toEqual({ commit: clean, conflicts: [] });
  expect(gitIn(made.path, 'status', '--porcelain')).toBe('');
  const hard = repo.commit('feat: a', { 'src/a.txt': 'theirs\n' });
  expect(await openMerge(project, made, hard)).toEqual({ commit: hard, conflicts: ['src/a.txt'] });
  expect(gitIn(made.path, 'status', '--porcelain')).toBe('UU src/a.txt');
});

test('an ignored file in the way of a merge is rescued before it is replaced', async () => {
  const { repo, project, make } = await openTestProject();
  const made = await make();
  writeFileSync(join(made.path, 'notes.log'), 'precious\n');
  repo.write('notes.log', 'tracked now\n');
  repo.git('add', '-f', 'notes.log');
  repo.git('commit', '-qm', 'feat: log');
  expect(await openMerge(project, made, repo.git('rev-parse', 'main'))).toMatchObject({ conflicts: [] });
  const ref = repo.git('for-each-ref', '--format=%(refname)', 'refs/rota/rescue/A1');
  expect(repo.git('show', `${ref}:notes.log`)).toBe('precious');
});
