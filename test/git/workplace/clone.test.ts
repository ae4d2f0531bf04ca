import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, renameSync, statSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openMerge } from '../../../src/run/worktree/open-merge.ts';
import { removeWorktree } from '../../../src/run/worktree/remove-worktree.ts';
import { sandbox } from '../../support/repo.ts';
import { BRANCH, FILES } from '../worktree/open-test-project.ts';
import { cloneScene, kindOf, namesIn } from './clone-scene.ts';

test('a repository of its own: the same files and history, clean, and nothing that leads to the person', async () => {
  const s = await cloneScene();
  expect(kindOf(s.dotGit)).toBe('folder');
  expect(s.git('status', '--porcelain', '--branch')).toBe(`## ${BRANCH}`);
  expect(s.git('log', '--format=%s')).toBe('chore: first');
  expect(s.git('for-each-ref', '--format=%(refname)').split('\n')).toEqual([
    `refs/heads/${BRANCH}`,
    'refs/heads/main',
  ]);
  expect(s.git('fsck')).toBe('');
  expect(s.git('remote')).toBe('');
  expect(s.git('config', 'user.email')).toBe('pat@example.org');
  expect(existsSync(join(s.dotGit, 'objects/info/alternates'))).toBe(false);
  // 1: nothing found.
  expect(spawnSync('grep', ['-rlaF', s.repo.root, s.dotGit]).status).toBe(1);
  const [pack = ''] = namesIn(join(s.dotGit, 'objects/pack')).filter((name) => name.endsWith('.pack'));
  expect(statSync(join(s.dotGit, 'objects/pack', pack)).nlink).toBe(1);
});

test('what it commits and what it leaves is on the branch of the run, and its .git is the worktree again', async () => {
  const s = await cloneScene();
  const mine = s.commit('feat: mine', { 'src/mine.txt': 'mine\n' });
  s.write('src/left.txt', 'left\n');
  s.write('cache/kept.txt', 'ignored\n');
  const end = await s.finish();
  expect(end).toMatchObject({ said: [], committed: true, problem: null });
  expect(s.branch()).toBe(end.tip);
  expect(s.repo.git('log', '--format=%s', `main..${BRANCH}`).split('\n')).toEqual([
    'chore(A1): left',
    'feat: mine',
  ]);
  expect(s.repo.git('rev-parse', `${BRANCH}~1`)).toBe(mine);
  expect(s.repo.git('show', `${BRANCH}:src/left.txt`)).toBe('left');
  expect(readFileSync(s.dotGit, 'utf8')).toBe(`gitdir: ${s.worktree.adminDir}\n`);
  expect(s.git('status', '--porcelain')).toBe('');
  expect(readFileSync(join(s.worktree.path, 'cache/kept.txt'), 'utf8')).toBe('ignored\n');
  expect(s.repo.git('fsck')).toBe('');
  expect([s.kept(), s.rescues()]).toEqual([[], []]);
});

test('another turn goes on with what the first one left, and knows an open merge with its conflicts', async () => {
  const s = await cloneScene();
  s.commit('feat: a', { 'src/a.txt': 'ours\n' });
  await s.finish();
  s.repo.commit('person: a', { 'src/a.txt': 'theirs\n' });
  const merge = await openMerge(s.project, s.worktree, s.main());
  expect(merge?.conflicts).toEqual(['src/a.txt']);
  await s.enter();
  expect(s.git('status', '--porcelain')).toBe('UU src/a.txt');
  expect(s.git('log', '--format=%s', 'MERGE_HEAD', '-1')).toBe('person: a');
  expect(s.git('show', ':1:src/a.txt')).toBe('a');
  s.write('src/a.txt', 'both\n');
  s.git('commit', '-q', '-a', '-m', 'merge');
  expect(await s.finish()).toMatchObject({ said: [], committed: false, problem: null });
  expect(s.repo.git('log', '-1', '--format=%s %p', BRANCH).split(' ')).toHaveLength(3);
  expect(s.repo.git('merge-base', BRANCH, 'main')).toBe(s.main());
});

test('an open merge that is only resolved is concluded, one that is aborted is not', async () => {
  for (const abort of [false, true]) {
    const s = await cloneScene();
    s.commit('feat: a', { 'src/a.txt': 'ours\n' });
    await s.finish();
    s.repo.commit('person: a', { 'src/a.txt': 'theirs\n', 'src/b.txt': 'theirs\n' });
    await openMerge(s.project, s.worktree, s.main());
    await s.enter();
    if (abort) s.git('merge', '--abort');
    else s.write('src/a.txt', 'both\n');
    const end = await s.finish();
    expect(end).toMatchObject({ said: [], committed: !abort, problem: null });
    const parents = s.repo.git('log', '-1', '--format=%p', BRANCH).split(' ');
    expect(parents).toHaveLength(abort ? 1 : 2);
    expect(s.repo.git('show', `${BRANCH}:src/b.txt`)).toBe(abort ? 'b' : 'theirs');
  }
});

test('nothing done: nothing changes, and the worktree can go', async () => {
  const s = await cloneScene();
  const packs = namesIn(join(s.repo.root, '.git/objects/pack'));
  const end = await s.finish();
  expect(end).toMatchObject({ said: [], committed: false, problem: null, tip: s.main() });
  expect(namesIn(join(s.repo.root, '.git/objects/pack'))).toEqual(packs);
  const removed = await removeWorktree(s.project, {
    ...{ task: 'A1', worktree: s.worktree, provisionedFile: '/nowhere', disposable: [], landed: null },
  });
  expect(removed).toMatchObject({ removed: true, rescued: null });
});

test('ignore rules of the person hold in it', async () => {
  const s = await cloneScene();
  s.repo.write('.git/info/exclude', 'private.txt\n/.worktrees/\n');
  await s.leave();
  await s.enter();
  s.write('private.txt', 'x\n');
  s.git('add', '-A');
  expect(s.git('status', '--porcelain')).toBe('');
});

test('a long history is cut off, and work on top of it is taken in', async () => {
  const repo = sandbox().repo('repo', FILES);
  const commits = Array.from(
    { length: 230 },
    (_, n) =>
      `commit refs/heads/main\ncommitter a <a@b> ${n + 1} +0000\ndata 2\n${n % 10}\n${n === 0 ? 'from refs/heads/main^0\n' : ''}M 100644 inline n\ndata 4\n${String(n).padStart(3, '0')}\n\n`,
  );
  execFileSync('git', ['fast-import', '--quiet', '--force'], {
    cwd: repo.root,
    env: repo.sandbox.env,
    input: commits.join(''),
  });
  repo.git('reset', '-q', '--hard');
  const s = await cloneScene(repo);
  expect(s.git('rev-list', '--count', 'HEAD')).toBe('200');
  expect(s.git('fsck')).toBe('');
  expect(s.git('log', '-1', '--format=%an', 'HEAD~100')).toBe('a');
  s.commit('feat: mine', { 'src/mine.txt': 'mine\n' });
  expect(await s.finish()).toMatchObject({ said: [], problem: null });
  expect(s.repo.git('rev-list', '--count', BRANCH)).toBe('232');
  expect(s.repo.git('fsck')).toBe('');
});

test.each(['shallow', 'alternates', 'symbolic link', 'sha256', 'separate git dir'])(
  'a repository with %s',
  async (kind) => {
    const box = sandbox();
    const source = box.repo('source', FILES);
    source.commit('chore: more', { 'src/c.txt': 'c\n' });
    const git = (...args: string[]) => source.git('-C', box.folder, ...args);
    if (kind === 'shallow') git('clone', '-q', '--depth', '1', `file://${source.root}`, 'repo');
    if (kind === 'alternates') git('clone', '-q', '--shared', source.root, 'repo');
    if (kind === 'separate git dir')
      git('clone', '-q', '--separate-git-dir', join(box.folder, 'git'), source.root, 'repo');
    if (kind === 'symbolic link') {
      git('clone', '-q', source.root, 'repo');
      renameSync(join(box.folder, 'repo/.git'), join(box.folder, 'elsewhere'));
      symlinkSync(join(box.folder, 'elsewhere'), join(box.folder, 'repo/.git'));
    }
    if (kind === 'sha256') git('init', '-q', '--object-format=sha256', 'repo');
    const repo = box.at('repo');
    if (kind === 'sha256') repo.commit('chore: first', FILES);
    else {
      repo.git('symbolic-ref', '-d', 'refs/remotes/origin/HEAD');
      repo.git('remote', 'remove', 'origin');
    }
    const s = await cloneScene(repo);
    expect(s.git('status', '--porcelain')).toBe('');
    expect(existsSync(join(s.dotGit, 'objects/info/alternates'))).toBe(false);
    s.commit('feat: mine', { 'src/mine.txt': 'mine\n' });
    s.write('src/left.txt', 'left\n');
    expect(await s.finish()).toMatchObject({ said: [], problem: null, committed: true });
    expect(s.repo.git('log', '--format=%s', `main..${BRANCH}`)).toBe('chore(A1): left\nfeat: mine');
    expect(s.repo.git('fsck', '--no-dangling')).toBe('');
  },
);
