import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openRunFolder } from '../../../src/run/project/run-folder.ts';
import { commitLeftovers } from '../../../src/run/worktree/commit-leftovers.ts';
import { makeWorktree } from '../../../src/run/worktree/make-worktree.ts';
import { BRANCH, FILES, openTestProject, projectOf } from './open-test-project.ts';

test('a new worktree has the files of main, a new branch without tracking, a lock and a clean status', async () => {
  const { repo, project, main, make, gitIn } = await openTestProject();
  const made = await make();
  expect(made).toEqual({
    path: join(project.worktrees, BRANCH),
    adminDir: join(repo.root, '.git/worktrees/A1-list-things'),
    branch: BRANCH,
    base: main(),
    tip: main(),
    resumed: false,
    merge: null,
    leftBy: null,
  });
  expect(gitIn(made.path, 'status', '--porcelain', '--ignored')).toBe('');
  expect(gitIn(made.path, 'symbolic-ref', 'HEAD')).toBe(`refs/heads/${BRANCH}`);
  expect(readFileSync(join(made.path, 'src/a.txt'), 'utf8')).toBe('a\n');
  expect(repo.git('worktree', 'list', '--porcelain')).toContain('locked rota run RUN1: test');
  expect(repo.git('status', '--porcelain')).toBe('');
  expect(repo.git('config', '--local', '--list')).not.toContain('branch.ai');
});

test('.worktrees is put into info/exclude once', async () => {
  const { repo, project, make, main } = await openTestProject();
  repo.write('.git/info/exclude', '# mine\n*.swp');
  await make();
  await makeWorktree(project, {
    run: 'R2',
    branch: 'ai/developer/A2',
    path: join(project.worktrees, 'ai/developer/A2'),
    tip: main(),
    reason: 'x',
  });
  expect(repo.read('.git/info/exclude')).toBe('# mine\n*.swp\n/.worktrees/\n');
});

test('no filter, hook or fsmonitor of the repository runs', async () => {
  const { repo, project, main, make, gitIn } = await openTestProject({
    ...FILES,
    '.gitattributes': '*.txt filter=evil\n',
  });
  const proof = join(repo.root, '..', 'ran');
  repo.write('evil.sh', `#!/bin/sh\necho ran >> ${proof}\ncat\n`);
  for (const name of ['smudge', 'clean', 'process'])
    repo.git('config', `filter.evil.${name}`, join(repo.root, 'evil.sh'));
  repo.git('config', 'core.fsmonitor', join(repo.root, 'evil.sh'));
  for (const hook of [
    'post-checkout',
    'reference-transaction',
    'post-index-change',
    'pre-commit',
    'post-commit',
  ]) {
    repo.write(`.git/hooks/${hook}`, `#!/bin/sh\necho ${hook} >> ${proof}\n`);
    chmodSync(join(repo.root, '.git/hooks', hook), 0o755);
  }
  const made = await make();
  writeFileSync(join(made.path, 'src/a.txt'), 'new\n');
  const left = await commitLeftovers(project, made, 'feat: x');
  expect(left).toMatchObject({ committed: true, problem: null });
  expect(existsSync(proof)).toBe(false);
  expect(main()).toBe(made.base);
  expect(gitIn(made.path, 'show', `${left.tip}:src/a.txt`)).toBe('new');
});

test('a branch of an earlier run is resumed with main merged in', async () => {
  const { repo, make, main, gitIn } = await openTestProject();
  repo.git('branch', BRANCH);
  repo.git('worktree', 'add', '-q', join(repo.root, '../tmp'), BRANCH);
  writeFileSync(join(repo.root, '../tmp/src/new.txt'), 'work\n');
  repo.git('-C', join(repo.root, '../tmp'), 'add', '-A');
  repo.git('-C', join(repo.root, '../tmp'), 'commit', '-qm', 'feat: work');
  repo.git('worktree', 'remove', join(repo.root, '../tmp'));
  repo.commit('feat: on main', { 'src/b.txt': 'b2\n' });
  const made = await make();
  expect(made).toMatchObject({ resumed: true, base: main(), merge: { commit: main(), conflicts: [] } });
  expect(gitIn(made.path, 'status', '--porcelain')).toBe('');
  expect(gitIn(made.path, 'rev-parse', 'HEAD')).toBe(made.tip);
  expect(gitIn(made.path, 'rev-parse', 'HEAD^2')).toBe(main());
  expect(readFileSync(join(made.path, 'src/new.txt'), 'utf8')).toBe('work\n');
  expect(readFileSync(join(made.path, 'src/b.txt'), 'utf8')).toBe('b2\n');
});

test('a branch without work of its own is moved to main, without a merge commit', async () => {
  const { repo, make, main, gitIn } = await openTestProject();
  repo.git('branch', BRANCH);
  repo.commit('feat: on main', { 'src/b.txt': 'b2\n' });
  const made = await make();
  expect(made.tip).toBe(main());
  expect(gitIn(made.path, 'status', '--porcelain')).toBe('');
});

test('a conflict with main is left open; git add and git commit conclude it', async () => {
  const { repo, make, main, gitIn } = await openTestProject();
  const first = await make('RUN1');
  writeFileSync(join(first.path, 'src/a.txt'), 'mine\n');
  gitIn(first.path, 'commit', '-qam', 'feat: mine');
  const work = gitIn(first.path, 'rev-parse', 'HEAD');
  repo.commit('feat: theirs', { 'src/a.txt': 'theirs\n', 'src/c.txt': 'c\n' });
  const made = await make('RUN2');
  expect(made).toMatchObject({
    resumed: true,
    tip: work,
    merge: { commit: main(), conflicts: ['src/a.txt'] },
  });
  const text = readFileSync(join(made.path, 'src/a.txt'), 'utf8');
  expect(text).toBe(`<<<<<<< ${BRANCH}\nmine\n=======\ntheirs\n>>>>>>> main\n`);
  expect(gitIn(made.path, 'status', '--porcelain')).toBe('UU src/a.txt\nA  src/c.txt');
  writeFileSync(join(made.path, 'src/a.txt'), 'both\n');
  gitIn(made.path, 'add', '-A');
  gitIn(made.path, 'commit', '-q', '--no-edit');
  expect(gitIn(made.path, 'log', '-1', '--format=%P %s')).toBe(
    `${work} ${main()} chore: merge main into ${BRANCH}`,
  );
  expect(gitIn(made.path, 'status', '--porcelain')).toBe('');
});

test('an open merge that the agent only edited is concluded by committing what was left', async () => {
  const { repo, project, make, main, gitIn } = await openTestProject();
  const first = await make('RUN1');
  writeFileSync(join(first.path, 'src/a.txt'), 'mine\n');
  gitIn(first.path, 'commit', '-qam', 'feat: mine');
  const work = gitIn(first.path, 'rev-parse', 'HEAD');
  repo.commit('feat: theirs', { 'src/a.txt': 'theirs\n' });
  const made = await make('RUN2');
  writeFileSync(join(made.path, 'src/a.txt'), 'both\n');
  const left = await commitLeftovers(project, made, 'feat(A1): both');
  expect(left).toMatchObject({ committed: true, problem: null });
  expect(gitIn(made.path, 'log', '-1', '--format=%P', left.tip)).toBe(`${work} ${main()}`);
  expect(gitIn(made.path, 'status', '--porcelain')).toBe('');
  expect(existsSync(join(made.adminDir, 'MERGE_HEAD'))).toBe(false);
});

test('task files that both sides changed are merged by key, not by line', async () => {
  const { repo, make, gitIn } = await openTestProject();
  const first = await make('RUN1');
  const file = 'backlog/A1-list-things.md';
  writeFileSync(
    join(first.path, file),
    readFileSync(join(first.path, file), 'utf8').replace('Do it.', 'Do it well.'),
  );
  gitIn(first.path, 'commit', '-qam', 'docs: body');
  repo.commit('chore: priority', {
    [file]: repo.read(file).replace('status: ready\n---', 'status: ready\npriority: high\n---'),
  });
  const made = await make('RUN2');
  expect(made.merge?.conflicts).toEqual([]);
  const text = readFileSync(join(made.path, file), 'utf8');
  expect(text).toContain('priority: high');
  expect(text).toContain('Do it well.');
});

test('a branch that a person has checked out is refused, and the place is named', async () => {
  const { repo, make } = await openTestProject();
  const theirs = join(repo.root, '../theirs');
  repo.git('worktree', 'add', '-q', '-b', BRANCH, theirs);
  await expect(make()).rejects.toMatchObject({ code: 'locked', message: expect.stringContaining(theirs) });
  repo.git('worktree', 'remove', theirs);
  repo.git('switch', '-q', BRANCH);
  await expect(make()).rejects.toMatchObject({ code: 'locked', message: expect.stringContaining(repo.root) });
});

test('the worktree of a dead run is used again, and what it left is committed first', async () => {
  const { make, gitIn } = await openTestProject();
  const first = await make('RUN1');
  writeFileSync(join(first.path, 'src/a.txt'), 'left\n');
  writeFileSync(join(first.path, 'new.txt'), 'left\n');
  writeFileSync(join(first.path, 'x.log'), 'ignored\n');
  const made = await make('RUN2');
  expect(made).toMatchObject({ resumed: true, path: first.path, adminDir: first.adminDir });
  expect(gitIn(made.path, 'show', '--name-only', '--format=%s', 'HEAD')).toBe(
    'chore(A1): keep the work of an earlier run\n\nnew.txt\nsrc/a.txt',
  );
  expect(readFileSync(join(made.path, 'x.log'), 'utf8')).toBe('ignored\n');
  expect(gitIn(made.path, 'status', '--porcelain')).toBe('');
});

test('a worktree whose run died during its checkout is made anew, and nothing counts as deleted', async () => {
  const { project, make, gitIn } = await openTestProject();
  const first = await make('RUN1');
  await project.system.files.write(join(first.adminDir, 'rota-run'), 'RUN1 making\n');
  rmSync(join(first.path, 'src'), { recursive: true });
  writeFileSync(join(first.path, 'mine.txt'), 'saved by somebody\n');
  const made = await make('RUN2');
  expect(made.tip).toBe(made.base);
  expect(gitIn(made.path, 'status', '--porcelain')).toBe('');
  const ref = gitIn(made.path, 'for-each-ref', '--format=%(refname)', 'refs/rota/rescue/A1');
  expect(gitIn(made.path, 'show', `${ref}:mine.txt`)).toBe('saved by somebody');
});

test('a worktree that the agent turned into something else is rescued and made anew', async () => {
  const { make, gitIn } = await openTestProject();
  const first = await make('RUN1');
  rmSync(join(first.path, '.git'));
  mkdirSync(join(first.path, '.git'));
  writeFileSync(join(first.path, 'work.txt'), 'work\n');
  writeFileSync(join(first.path, 'small.log'), 'log\n');
  const made = await make('RUN2');
  expect(gitIn(made.path, 'status', '--porcelain', '--ignored')).toBe('');
  const ref = gitIn(made.path, 'for-each-ref', '--format=%(refname)', 'refs/rota/rescue/A1');
  expect(gitIn(made.path, 'show', `${ref}:work.txt`)).toBe('work');
  expect(gitIn(made.path, 'show', `${ref}:small.log`)).toBe('log');
});

test('a folder in the way that cannot be rescued is moved aside and named', async () => {
  const { project, make, events } = await openTestProject();
  const path = join(project.worktrees, BRANCH);
  mkdirSync(path, { recursive: true });
  writeFileSync(join(path, 'big.log'), Buffer.alloc(2 * 1024 * 1024, 'x'));
  const made = await make();
  expect(made.tip).toBe(made.base);
  const notice = events.map(({ event }) => event).find((event) => event.type === 'notice');
  const place = /moved to (\S+):/.exec(notice?.type === 'notice' ? notice.message : '')?.[1];
  expect(existsSync(join(place ?? '', 'big.log'))).toBe(true);
});

test('the worktree of a run that still lives is not taken over', async () => {
  const { project, make } = await openTestProject();
  await openRunFolder(project.system, project.repository, {
    run: 'RUN1',
    role: 'developer',
    task: 'A1',
    branch: BRANCH,
  });
  await make('RUN1');
  await expect(make('RUN2')).rejects.toMatchObject({
    code: 'stale',
    message: expect.stringContaining('RUN1'),
  });
});

test('a worktree folder that a person deleted is made anew on its branch', async () => {
  const { make, gitIn } = await openTestProject();
  const first = await make('RUN1');
  writeFileSync(join(first.path, 'src/a.txt'), 'mine\n');
  gitIn(first.path, 'commit', '-qam', 'feat: mine');
  rmSync(first.path, { recursive: true });
  const made = await make('RUN2');
  expect(made.resumed).toBe(true);
  expect(readFileSync(join(made.path, 'src/a.txt'), 'utf8')).toBe('mine\n');
});

test('sixteen worktrees at once', async () => {
  const { repo, project, main } = await openTestProject();
  const made = await Promise.all(
    Array.from({ length: 16 }, (_, at) => {
      const branch = `ai/developer/A${at + 10}`;
      return makeWorktree(project, {
        run: `R${at}`,
        branch,
        path: join(project.worktrees, branch),
        tip: main(),
        reason: 'x',
      });
    }),
  );
  expect(new Set(made.map(({ adminDir }) => adminDir)).size).toBe(16);
  expect(repo.git('worktree', 'list', '--porcelain').match(/^locked/gm)).toHaveLength(16);
  expect(repo.git('fsck', '--no-dangling')).toBe('');
  for (const { path } of made) expect(readFileSync(join(path, 'src/a.txt'), 'utf8')).toBe('a\n');
});

test('with a remote, a branch that another machine pushed is fetched and resumed', async () => {
  const here = await openTestProject();
  const { sandbox } = here.repo;
  const bare = sandbox.bare('origin.git');
  here.repo.git('push', '-q', bare.root, 'main');
  const mine = sandbox.clone(bare.root, 'mine');
  const other = sandbox.clone(bare.root, 'other');
  other.git('switch', '-qc', BRANCH);
  other.commit('feat: elsewhere', { 'src/new.txt': 'elsewhere\n' });
  other.git('push', '-q', 'origin', BRANCH);
  const { project, make } = await projectOf(mine);
  await project.refs.read();
  const made = await make();
  expect(made.resumed).toBe(true);
  expect(readFileSync(join(made.path, 'src/new.txt'), 'utf8')).toBe('elsewhere\n');
  expect(mine.git('for-each-ref', '--format=%(refname)', 'refs/remotes')).not.toContain('ai/');
});

test('without a checkout: a bare repository', async () => {
  const { repo } = await openTestProject();
  repo.git('clone', '-q', '--bare', repo.root, join(repo.sandbox.folder, 'bare.git'));
  const at = {
    ...repo,
    root: join(repo.sandbox.folder, 'bare.git'),
    git: (...args: string[]) => repo.git('-C', join(repo.sandbox.folder, 'bare.git'), ...args),
  };
  at.git('remote', 'remove', 'origin');
  const { make, gitIn } = await projectOf(at);
  const made = await make();
  expect(gitIn(made.path, 'status', '--porcelain')).toBe('');
});
