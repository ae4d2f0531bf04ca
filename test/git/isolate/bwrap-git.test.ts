import { readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { removeLeftBoxes, takeFromLeftBox } from '../../../src/run/workplace/left-boxes.ts';
import { commitLeftovers } from '../../../src/run/worktree/commit-leftovers.ts';
import { sandbox } from '../../support/repo.ts';
import { BRANCH, FILES } from '../worktree/open-test-project.ts';
import { bwrapScene, HAS_BWRAP, put } from './bwrap-scene.ts';

const REF = `refs/heads/${BRANCH}`;
const commit = (name: string) =>
  `echo ${name} > src/${name}.txt && git add -A && git commit -qm "feat: ${name}"`;

describe.skipIf(!HAS_BWRAP)('git in bubblewrap', () => {
  test('the agent commits, amends, resets, rebases, stashes and tags; only its branch moves', async () => {
    const s = await bwrapScene();
    s.repo.git('tag', 'v1');
    s.repo.git('branch', 'ai/tester/B1-x');
    const before = s.repo.git('show-ref');
    await s.place.enter();
    const { code, out } = await s.inside(
      `set -e; git rev-parse v1 > /dev/null; ! git rev-parse -q --verify ai/tester/B1-x; ${commit('one')}; ` +
        `git commit -q --amend -m "feat: one, better"; ${commit('two')}; git reset -q --soft HEAD~1; git commit -qm two; ` +
        `git rebase -q --force-rebase HEAD~1; echo x >> src/a.txt; git stash -q; git stash pop -q; git tag mine; git log --format=%s; git status --short`,
    );
    expect(code, out).toBe(0);
    expect(out).toContain('two\nfeat: one, better\n');
    // Until the turn is over nobody else sees any of it.
    expect(s.repo.git('show-ref')).toBe(before);
    expect(await s.place.collect()).toEqual([]);
    const left = await commitLeftovers(s.project, s.worktree, 'chore(A1): left');
    expect(left).toMatchObject({ committed: true, problem: null });
    expect(s.repo.git('log', '--format=%s', `main..${BRANCH}`)).toBe(
      'chore(A1): left\ntwo\nfeat: one, better',
    );
    expect(s.repo.git('show-ref').replace(/^.*A1-list-things$/m, '')).toBe(
      before.replace(/^.*A1-list-things$/m, ''),
    );
    expect(s.repo.git('-C', s.worktree.path, 'status', '--short')).toBe('');
    expect(s.repo.git('fsck', '--no-dangling', '--no-progress')).toBe('');
  });

  test('main, settings, hooks and other branches are its own copies', async () => {
    const s = await bwrapScene({ before: (repo) => repo.git('branch', 'mikes-branch') });
    const config = readFileSync(join(s.repo.root, '.git/config'), 'utf8');
    const main = s.main();
    const { out } = await s.inside(
      `${commit('x')}; git update-ref refs/heads/main HEAD; git branch -D mikes-branch; git config core.fsmonitor evil; ` +
        `git config --worktree core.fsmonitor evil; mkdir -p $(git rev-parse --git-common-dir)/hooks; ` +
        `echo evil > $(git rev-parse --git-common-dir)/hooks/post-commit; git update-ref refs/rota/tasks/A1 HEAD; ` +
        'git pack-refs --all; git gc -q 2>&1; git worktree list',
    );
    expect(out).toContain('deleted branch mikes-branch'.replace('d', 'D'));
    expect(await s.place.collect()).toEqual([]);
    expect(s.main()).toBe(main);
    expect(s.repo.git('rev-parse', 'mikes-branch')).toBe(main);
    expect(readFileSync(join(s.repo.root, '.git/config'), 'utf8')).toBe(config);
    expect(s.repo.git('-C', s.worktree.path, 'config', '--list')).not.toContain('fsmonitor');
    expect(s.repo.git('for-each-ref', 'refs/rota')).toBe('');
    // Packed by the agent, and found all the same.
    expect(s.repo.git('log', '-1', '--format=%s', BRANCH)).toBe('feat: x');
  });

  test.each(['loose', 'packed'])(
    'objects of the repository that are %s cannot be destroyed',
    async (kind) => {
      const s = await bwrapScene({
        before: (repo) => kind === 'packed' && repo.git('repack', '-q', '-a', '-d'),
      });
      const { out } = await s.inside(
        'G="$(git rev-parse --git-common-dir)"; chmod -R u+w "$G"; rm -rf "$G"/objects/* "$G"/lent/*; ls -A "$G/lent"; ls -A "$G/objects"',
      );
      expect(out).toContain('pack');
      expect(s.repo.git('fsck', '--no-dangling', '--no-progress')).toBe('');
      expect(s.repo.git('show', 'main:src/a.txt')).toBe('a');
    },
  );

  test('commits that it left on refs of its own are kept', async () => {
    const s = await bwrapScene();
    const { out } = await s.inside(
      `git checkout -qb aside; ${commit('aside')}; git checkout -q ${BRANCH}; ${commit('mine')}; echo s > src/a.txt; git stash -q; git rev-parse aside stash`,
    );
    const [aside, stash] = out.trim().split('\n');
    expect(await s.place.collect()).toEqual([]);
    expect(s.rescues().sort()).toEqual([aside, stash].sort());
    expect(s.notices().filter((message) => /is kept as refs\/rota\/rescue\/A1\//.test(message))).toHaveLength(
      2,
    );
    expect(s.repo.git('log', '-1', '--format=%s', BRANCH)).toBe('feat: mine');
  });

  test('the next turn starts from what main and the branch are then', async () => {
    const s = await bwrapScene();
    await s.inside(commit('one'));
    await s.place.collect();
    const moved = s.repo.commit('feat: of a person', { 'src/person.txt': 'p\n' });
    await s.place.enter();
    const { out } = await s.inside('git rev-parse main HEAD; git log -1 --format=%s');
    expect(out.trim().split('\n')).toEqual([moved, s.repo.git('rev-parse', BRANCH), 'feat: one']);
  });

  test.each([
    ['no commit', `echo ${'1'.repeat(40)} > $R`, /was set to 1111111111, which is no commit that is there/],
    ['a tree', 'T=$(git rev-parse HEAD^{tree}); echo $T > $R', /which is no commit that is there/],
  ])('a branch that is %s is refused', async (_, script, words) => {
    const s = await bwrapScene();
    const tip = s.repo.git('rev-parse', BRANCH);
    await s.inside(`R=$(git rev-parse --git-common-dir)/${REF}; ${script}`);
    expect(await s.place.collect()).toEqual([expect.stringMatching(words)]);
    expect(s.repo.git('rev-parse', BRANCH)).toBe(tip);
  });

  test('a branch that is anything but a commit moves nothing, and the next turn starts afresh', async () => {
    const s = await bwrapScene();
    const tip = s.repo.git('rev-parse', BRANCH);
    const before = s.repo.git('show-ref');
    put(join(s.home, '../id'), `${'2'.repeat(40)}\n`);
    for (const script of [
      'git checkout -q --detach; git branch -D $B',
      'git checkout -q --detach; git symbolic-ref refs/heads/$B refs/heads/main',
      'ln -sf ~/../id $R',
      'rm $R; mkfifo $R',
      'rm $R; mkdir -p $R/x',
      'rm -rf $G/refs $G/packed-refs $G/HEAD',
      'rm -rf $G/refs; ln -s / $G/refs',
      'head -c 5000 /dev/zero > $R; truncate -s 100M $G/packed-refs',
      'echo "hello ../../x" > $R; echo "$(git rev-parse main) refs/heads/../../x" >> $G/packed-refs',
    ]) {
      const { out } = await s.inside(
        `B=${BRANCH}; G=$(git rev-parse --git-common-dir); R=$G/${REF}; ${script}`,
      );
      expect(await s.place.collect(), out).toEqual([]);
      expect(s.repo.git('show-ref'), script).toBe(before);
      await s.place.enter();
      expect((await s.inside(`git rev-parse ${BRANCH}`)).out.trim(), script).toBe(tip);
    }
    await s.place.close();
  });

  test('a branch that somebody else moved meanwhile stays there; the commits of the agent are kept', async () => {
    const s = await bwrapScene();
    await s.inside(commit('agent'));
    const person = s.repo.git('commit-tree', '-p', 'main', '-m', 'of a person', 'main^{tree}');
    s.repo.git('update-ref', REF, person);
    expect(await s.place.collect()).toEqual([]);
    expect(s.repo.git('rev-parse', BRANCH)).toBe(person);
    expect(s.repo.git('log', '-1', '--format=%s', s.rescues()[0] ?? '')).toBe('feat: agent');
    expect(s.notices()).toEqual([
      expect.stringMatching(/was moved by somebody else .* kept as refs\/rota\/rescue/),
    ]);
  });

  test('a sweep takes over what a dead run had committed; logins go, whatever happens', async () => {
    const s = await bwrapScene({ login: ['.auth'], inHome: { '.auth': 'token' } });
    await s.inside(commit('died'));
    const left = { run: 'RUN1', branch: BRANCH };
    // Refs that cannot be read now are there for the next sweep.
    await removeLeftBoxes(s.project, left);
    expect(readFileSync(s.folder.file('box/refs-2'), 'utf8')).toContain(REF);
    expect(() => readFileSync(s.folder.file('box/home/.auth'))).toThrow();
    expect(await takeFromLeftBox(s.project, left)).toEqual([]);
    expect(s.repo.git('log', '-1', '--format=%s', BRANCH)).toBe('feat: died');
    expect(await takeFromLeftBox(s.project, left)).toEqual([]);
    await removeLeftBoxes(s.project, { run: '../../..' });
    expect(s.repo.git('log', '-1', '--format=%s', BRANCH)).toBe('feat: died');
  });

  test.each(['sha256', 'bare', 'shallow', 'alternates', 'packed'])(
    'a repository that is %s',
    async (kind) => {
      const box = sandbox();
      const first = box.repo('first', FILES);
      first.commit('feat: second', { 'src/c.txt': 'c\n' });
      if (kind === 'sha256') {
        first.git('init', '-q', '--object-format=sha256', join(box.folder, 'repo'));
        for (const [path, text] of Object.entries(FILES)) put(join(box.folder, 'repo', path), text);
        first.git('-C', join(box.folder, 'repo'), 'add', '-A');
        first.git('-C', join(box.folder, 'repo'), 'commit', '-qm', 'first');
      } else if (kind === 'packed') {
        first.git('clone', '-q', first.root, join(box.folder, 'repo'));
        first.git('-C', join(box.folder, 'repo'), 'gc', '-q');
      } else {
        const how = { bare: ['--bare'], shallow: ['--depth=1'], alternates: ['--shared'] }[kind] ?? [];
        first.git(
          'clone',
          '-q',
          ...how,
          `file://${first.root}`.replace(kind === 'shallow' ? '' : 'file://', ''),
          join(box.folder, 'repo'),
        );
      }
      const repo = box.at('repo');
      // Git 2.39 leaves a broken ref when it removes the remote of a shallow clone.
      if (kind === 'shallow') repo.git('remote', 'set-head', 'origin', '--delete');
      if (kind !== 'sha256') repo.git('remote', 'remove', 'origin');
      const s = await bwrapScene({ repo });
      const { code, out } = await s.inside(
        `${commit('here')} && git log --format=%s && cat src/c.txt; git status --short`,
      );
      expect(code, out).toBe(0);
      expect(out).toContain('feat: here\n');
      expect(await s.place.collect()).toEqual([]);
      expect(repo.git('log', '-1', '--format=%s', BRANCH)).toBe('feat: here');
      expect(repo.git('fsck', '--no-dangling', '--no-progress')).toBe('');
    },
  );

  test("of the person's settings only how files are compared is there", async () => {
    const s = await bwrapScene({
      before: (repo) => {
        repo.git('config', 'core.fileMode', 'false');
        repo.git('config', 'core.autocrlf', 'input');
        repo.git('config', 'core.hooksPath', '/evil');
        repo.git('config', 'alias.x', '!evil');
        repo.git('config', 'user.name', 'Pat "the" \\Example');
        writeFileSync(join(repo.root, '.git/info/exclude'), 'notes.txt\n');
      },
    });
    const { out } = await s.inside('git config --list; touch notes.txt; git status --short');
    expect(out).toContain('core.filemode=false\n');
    expect(out).toContain('core.autocrlf=input\n');
    expect(out).toContain('user.name=Pat "the" \\Example\n');
    expect(out).not.toMatch(/hookspath|alias|notes/);
  });

  test('a git folder of an earlier turn is never written to again', async () => {
    const s = await bwrapScene();
    const victim = join(s.home, '../victim');
    put(victim, 'mine\n');
    await s.inside(
      'G=$(git rev-parse --git-common-dir); rm -rf $G/config $G/refs; ln -s ~/../victim $G/config; ln -s ~/.. $G/refs',
    );
    rmSync(join(s.home, '../link'), { force: true });
    symlinkSync('/', join(s.home, '../link'));
    await s.place.collect();
    await s.place.enter();
    expect(readFileSync(victim, 'utf8')).toBe('mine\n');
    await s.place.close();
    expect(readFileSync(victim, 'utf8')).toBe('mine\n');
  });
});
