import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  closeSync,
  ftruncateSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { listKeptFolders } from '../../../src/run/rescue/kept-folders.ts';
import { commitLeftovers } from '../../../src/run/worktree/commit-leftovers.ts';
import { removeWorktree } from '../../../src/run/worktree/remove-worktree.ts';
import { BRANCH, FILES } from '../worktree/open-test-project.ts';
import { type CloneScene, cloneScene, kindOf, namesIn } from './clone-scene.ts';

const KEYS = (canary: string) => [
  ...[
    `core.fsmonitor ${canary}`,
    `core.hooksPath ${canary}.d`,
    `core.sshCommand ${canary}`,
    `core.editor ${canary}`,
  ],
  ...[
    `filter.x.clean ${canary}`,
    `filter.x.smudge ${canary}`,
    `filter.x.process ${canary}`,
    `diff.external ${canary}`,
  ],
  ...[`merge.x.driver ${canary}`, `diff.x.textconv ${canary}`, `uploadpack.packObjectsHook ${canary}`],
  ...[
    `core.alternateRefsCommand ${canary}`,
    `gpg.program ${canary}`,
    `credential.helper ${canary}`,
    'core.worktree /',
  ],
];
const HOOKS = [
  'pre-commit',
  'post-commit',
  'post-checkout',
  'reference-transaction',
  'post-index-change',
  'pre-auto-gc',
];

test('settings, hooks, attributes and filters of its own: none runs, and the work is taken in', async () => {
  const s = await cloneScene();
  s.commit('feat: mine', { 'src/mine.txt': 'mine\n', '.gitattributes': '* filter=x diff=x merge=x\n' });
  s.write('src/left.txt', 'left\n');
  for (const key of KEYS(s.canary)) s.git('config', ...key.split(/ (.*)/s).slice(0, 2));
  for (const hook of [...HOOKS, 'post-rewrite', 'update', 'post-update'])
    s.plant(`hooks/${hook}`, readFileSync(s.canary, 'utf8'));
  s.plant('info/attributes', '* filter=x\n');
  const before = s.sung();
  const end = await s.finish();
  expect(end).toMatchObject({ said: [], committed: true, problem: null });
  expect(s.sung()).toBe(before);
  expect(s.repo.git('show', `${BRANCH}:src/left.txt`)).toBe('left');
  expect(s.repo.git('config', '--list', '--local')).not.toMatch(/canary/);
});

/**
 * Whatever it is: nothing of it is on the branch, the files are not lost, and the repository is sound. Afterwards the agent has a
 * new repository.
 */
async function expectRefused(s: CloneScene, words: RegExp): Promise<void> {
  const before = { kept: s.kept(), tip: s.branch() };
  s.write('src/left.txt', `left ${before.kept.length}\n`);
  const end = await s.finish();
  expect(end.said.join('\n')).toMatch(words);
  expect(kindOf(s.dotGit)).toBe('file');
  expect(s.repo.git('log', '--format=%s %P', '-1', BRANCH)).toBe(`chore(A1): left ${before.tip}`);
  expect(s.repo.git('show', `${BRANCH}:src/left.txt`)).toBe(`left ${before.kept.length}`);
  expect(s.repo.git('fsck', '--no-dangling')).toBe('');
  expect(s.sung()).toBe('');
  expect(namesIn(join(s.repo.root, '.git/rota/quarantine'))).toEqual([]);
  const [kept, ...others] = s.kept().filter((name) => !before.kept.includes(name));
  expect(others).toEqual([]);
  // A git that is started in there takes it for an ordinary folder.
  const found = s.repo.git(
    '-C',
    join(s.project.worktrees, '.kept', kept ?? 'none'),
    'rev-parse',
    '--absolute-git-dir',
  );
  expect(found).toBe(join(s.repo.root, '.git'));
  await s.enter();
}

/** A tree or a blob as its bytes say, made in the agent's repository. */
function object(s: CloneScene, type: string, bytes: Buffer | string): string {
  const args = ['-C', s.worktree.path, 'hash-object', '-t', type, '-w', '--stdin', '--literally'];
  return execFileSync('git', args, { env: s.repo.sandbox.env, input: bytes, encoding: 'utf8' }).trim();
}

function entry(mode: string, name: string, oid: string): Buffer {
  return Buffer.concat([Buffer.from(`${mode} ${name}\0`), Buffer.from(oid, 'hex')]);
}

function commitTree(s: CloneScene, tree: string): void {
  s.git('update-ref', `refs/heads/${BRANCH}`, s.git('commit-tree', '-p', 'HEAD', '-m', 'feat: odd', tree));
}

describe('objects that git refuses', () => {
  test('trees that lead out of the checkout or into .git, .gitmodules that runs something, a commit without an author', async () => {
    const s = await cloneScene();
    const blob = () => object(s, 'blob', 'x\n');
    for (const name of ['..', '.', '.git', '.GIT', 'git~1', '', 'a/b']) {
      commitTree(s, object(s, 'tree', entry('100644', name, blob())));
      await expectRefused(s, /the agent's repository (?:holds what git refuses|is damaged): /);
    }
    commitTree(s, object(s, 'tree', entry('120000', '.gitmodules', blob())));
    await expectRefused(s, /holds what git refuses: .*gitmodules/i);
    const modules = object(s, 'blob', '[submodule "a"]\n\tpath = a\n\turl = --upload-pack=x\n');
    commitTree(s, object(s, 'tree', entry('100644', '.gitmodules', modules)));
    await expectRefused(s, /holds what git refuses: .*gitmodules/i);
    const tree = s.git('rev-parse', 'HEAD^{tree}');
    const text = `tree ${tree}\nparent ${s.main()}\ncommitter a <a@b> 1 +0000\n\nodd\n`;
    s.plant(`refs/heads/${BRANCH}`, `${object(s, 'commit', text)}\n`);
    await expectRefused(s, /holds what git refuses: .*author/i);
  });

  test('an object that is missing', async () => {
    const s = await cloneScene();
    s.commit('feat: mine', { 'src/mine.txt': 'mine\n' });
    const blob = s.git('rev-parse', 'HEAD:src/mine.txt');
    rmSync(join(s.dotGit, 'objects', blob.slice(0, 2), blob.slice(2)));
    await expectRefused(s, /is damaged: .*[0-9a-f]{40}/);
  });

  test('an object whose bytes are another one', async () => {
    const s = await cloneScene();
    const good = s.commit('feat: mine', { 'src/mine.txt': 'mine\n' });
    const [blob = '', other = ''] = [s.git('rev-parse', 'HEAD:src/mine.txt'), object(s, 'blob', 'evil\n')];
    const at = (oid: string) => join(s.dotGit, 'objects', oid.slice(0, 2), oid.slice(2));
    chmodSync(at(blob), 0o644);
    writeFileSync(at(blob), readFileSync(at(other)));
    expect(good).toMatch(/^[0-9a-f]{40}$/);
    await expectRefused(s, /is damaged|holds what git refuses/);
  });

  test('a pack that is torn', async () => {
    const s = await cloneScene();
    s.commit('feat: mine', { 'src/mine.txt': 'mine\n' });
    s.git('gc', '-q');
    const folder = join(s.dotGit, 'objects/pack');
    const [pack = ''] = readdirSync(folder).filter((name) => name.endsWith('.pack'));
    chmodSync(join(folder, pack), 0o644);
    const file = openSync(join(folder, pack), 'r+');
    ftruncateSync(file, readFileSync(join(folder, pack)).length - 30);
    closeSync(file);
    await expectRefused(s, /has a damaged pack, pack-[0-9a-f]+\.pack/);
  });

  test('a pack without end', async () => {
    const s = await cloneScene();
    const file = openSync(join(s.dotGit, `objects/pack/pack-${'0'.repeat(40)}.pack`), 'w');
    ftruncateSync(file, 3 * 1024 ** 3);
    closeSync(file);
    await expectRefused(s, /has more than 2 GiB of objects of its own/);
  });
});

describe('a repository that leads elsewhere', () => {
  const secret = (s: CloneScene) => {
    const other = s.repo.sandbox.repo('other', { 'secret.txt': 'secret\n' });
    return { other, commit: other.git('rev-parse', 'HEAD') };
  };

  test('objects are borrowed from another repository: nothing of it is taken', async () => {
    const s = await cloneScene();
    const { other, commit } = secret(s);
    for (const name of ['alternates', 'http-alternates']) {
      s.plant(`objects/info/${name}`, `${other.root}/.git/objects\n`);
      s.plant(`refs/heads/${BRANCH}`, `${commit}\n`);
      await expectRefused(s, new RegExp(`borrows objects from elsewhere \\(objects/info/${name}\\)`));
    }
    expect(() => s.repo.git('cat-file', '-e', commit)).toThrow();
  });

  test('links in the place of its folders and files: none is followed', async () => {
    const s = await cloneScene();
    const { other, commit } = secret(s);
    const own = [
      'objects',
      'objects/pack',
      'objects/info',
      'refs',
      'refs/heads',
      'logs',
      'HEAD',
      'packed-refs',
    ];
    for (const name of [...own, `objects/${commit.slice(0, 2)}`]) {
      rmSync(join(s.dotGit, name), { recursive: true, force: true });
      symlinkSync(join(other.root, '.git', name), join(s.dotGit, name));
      await expectRefused(s, /has (?:something else than|no folder)/);
    }
    expect(() => s.repo.git('cat-file', '-e', commit)).toThrow();
    expect(other.git('fsck')).toBe('');
  });

  test('a link in the place of one object', async () => {
    const s = await cloneScene();
    const mine = s.commit('feat: mine', { 'src/mine.txt': 'mine\n' });
    const at = join(s.dotGit, 'objects', mine.slice(0, 2), mine.slice(2));
    renameSync(at, join(s.repo.sandbox.folder, 'moved'));
    symlinkSync(join(s.repo.sandbox.folder, 'moved'), at);
    await expectRefused(s, /something else than a file at objects\/[0-9a-f]{2}\//);
  });

  test('what no repository of rota’s making has', async () => {
    const s = await cloneScene();
    s.plant('commondir', '../../../../../other/.git\n');
    await expectRefused(s, /names another repository as its own/);
    s.plant('reftable/tables.list', '');
    await expectRefused(s, /keeps its refs in another format/);
    for (const head of ['ref: ../../../etc/passwd', 'hello', '']) {
      s.plant('HEAD', `${head}\n`);
      await expectRefused(s, /has no HEAD/);
    }
  });
});

describe('.git is not a repository any more', () => {
  test('deleted, or replaced by a file or a link: put back, refused, the files are kept', async () => {
    const s = await cloneScene();
    const other = s.repo.sandbox.repo('other');
    other.git('config', 'core.fsmonitor', s.canary);
    for (const how of ['deleted', 'a file', 'a symbolic link']) {
      s.write('src/left.txt', how);
      rmSync(s.dotGit, { recursive: true });
      if (how === 'a file') writeFileSync(s.dotGit, `gitdir: ${other.root}/.git\n`);
      if (how === 'a symbolic link') symlinkSync(join(other.root, '.git'), s.dotGit);
      const end = await s.finish();
      const words = `the agent's own repository was ${how === 'deleted' ? how : `replaced by ${how}`}`;
      expect(end.said).toEqual([expect.stringContaining(words)]);
      expect(readFileSync(s.dotGit, 'utf8')).toBe(`gitdir: ${s.worktree.adminDir}\n`);
      expect(s.repo.git('show', `${BRANCH}:src/left.txt`)).toBe(how);
      await s.enter();
    }
    expect(s.sung()).toBe('');
    expect(other.exists('README.md')).toBe(true);
  });

  test('the worktree is a link to a folder of the person: nothing there is touched', async () => {
    const s = await cloneScene();
    const other = s.repo.sandbox.repo('other');
    renameSync(s.worktree.path, join(s.repo.sandbox.folder, 'moved'));
    symlinkSync(other.root, s.worktree.path);
    expect(await s.leave()).toEqual([]);
    expect(kindOf(join(other.root, '.git'))).toBe('folder');
    expect(other.git('status', '--porcelain')).toBe('');
  });

  test('a link in the place of the folder for clones: refused, and nothing behind it is touched', async () => {
    const s = await cloneScene();
    const other = s.repo.sandbox.repo('other', { 'RUN1/keep.txt': 'x\n' });
    symlinkSync(other.root, join(s.project.worktrees, '.clones'));
    await expect(s.leave()).rejects.toThrow('.clones is a symbolic link');
    expect(other.exists('RUN1/keep.txt')).toBe(true);
    rmSync(join(s.project.worktrees, '.clones'));
    expect(await s.leave()).toEqual([]);
  });
});

describe('a branch that is not what it was', () => {
  test('deleted: what HEAD last was is its tip', async () => {
    const s = await cloneScene();
    const mine = s.commit('feat: mine', { 'src/mine.txt': 'mine\n' });
    s.git('update-ref', '-d', `refs/heads/${BRANCH}`);
    expect(await s.finish()).toMatchObject({ said: [], problem: null, tip: mine });
  });

  test('deleted, with HEAD on another branch: that one becomes it', async () => {
    const s = await cloneScene();
    s.git('checkout', '-q', '-b', 'other');
    const mine = s.commit('feat: mine', { 'src/mine.txt': 'mine\n' });
    s.git('branch', '-q', '-D', BRANCH);
    expect(await s.finish()).toMatchObject({ said: [], problem: null, tip: mine });
  });

  test.each(['another history', 'an older state'])(
    'moved to %s: refused, and kept as a rescue',
    async (what) => {
      const s = await cloneScene();
      if (what === 'another history') {
        s.git('checkout', '-q', '--orphan', 'new');
        s.commit('feat: from nothing', { 'src/mine.txt': 'mine\n' });
        s.git('branch', '-f', BRANCH, 'HEAD');
        s.git('checkout', '-q', BRANCH);
      } else {
        // Main went on, the agent rewrites what it built on.
        const tree = s.git('rev-parse', 'HEAD^{tree}');
        s.git('update-ref', `refs/heads/${BRANCH}`, s.git('commit-tree', '-m', 'first again', tree));
      }
      const bad = s.git('rev-parse', BRANCH);
      const end = await s.finish();
      expect(end.said.join()).toMatch(
        new RegExp(
          `has ${BRANCH} at ${bad.slice(0, 10)}, which does not go on from ${s.main().slice(0, 10)}; it is kept as refs/rota/rescue/A1/`,
        ),
      );
      expect(s.rescues()).toEqual([bad]);
      expect(s.branch()).not.toBe(bad);
    },
  );

  test('amended and rebased: its own commits are its own to change', async () => {
    const s = await cloneScene();
    s.commit('feat: one', { 'src/one.txt': '1\n' });
    await s.finish();
    await s.enter();
    s.git('commit', '-q', '--amend', '-m', 'feat: better');
    const mine = s.git('rev-parse', 'HEAD');
    expect(await s.finish()).toMatchObject({ said: [], problem: null, tip: mine });
    expect(s.repo.git('log', '--format=%s', `main..${BRANCH}`)).toBe('feat: better');
  });

  test('HEAD detached, on top of it: its commits are the branch; elsewhere: said, kept, and nothing is committed on the branch', async () => {
    const s = await cloneScene();
    s.git('checkout', '-q', '--detach');
    const mine = s.commit('feat: mine', { 'src/mine.txt': 'mine\n' });
    expect(await s.finish()).toMatchObject({ said: [], problem: null, tip: mine });
    await s.enter();
    s.git('checkout', '-q', '--detach', 'main');
    const away = s.commit('feat: away', { 'src/away.txt': 'away\n' });
    const end = await s.finish();
    expect(end).toMatchObject({ tip: mine, committed: false });
    expect(end.problem).toContain(
      `HEAD is detached at ${away.slice(0, 10)}, which is not on top of ${BRANCH}`,
    );
    const removed = await removeWorktree(s.project, {
      ...{
        task: 'A1',
        worktree: s.worktree,
        provisionedFile: '/nowhere',
        disposable: [],
        landed: null,
        discard: true,
      },
    });
    expect(removed).toMatchObject({ removed: true });
    expect(s.repo.git('merge-base', '--is-ancestor', away, s.rescues()[0] ?? '')).toBe('');
  });

  test('an unfinished rebase: nothing of it is lost', async () => {
    const s = await cloneScene();
    s.commit('feat: one', { 'src/a.txt': 'one\n' });
    const two = s.commit('feat: two', { 'src/a.txt': 'two\n' });
    expect(() => s.git('-c', 'sequence.editor=sed -i 1d', 'rebase', '-q', '-i', 'HEAD~2')).toThrow();
    const end = await s.finish();
    expect(end.tip).toBe(two);
    expect(end.problem).toContain('HEAD is detached');
  });
});

test('other branches, tags, stashes and a bisected state: what they name is kept on rescue refs, and said', async () => {
  const s = await cloneScene();
  s.git('checkout', '-q', '-b', 'idea');
  const idea = s.commit('feat: idea', { 'src/idea.txt': 'idea\n' });
  s.git('checkout', '-q', BRANCH);
  const mine = s.commit('feat: mine', { 'src/mine.txt': 'mine\n' });
  s.git('tag', '-a', '-m', 'x', 'v1', idea);
  s.write('src/a.txt', 'stashed\n');
  s.git('stash', '-q');
  s.write('src/a.txt', 'stashed again\n');
  s.git('stash', '-q');
  const stashes = s.git('log', '-g', '--format=%H', 'refs/stash').split('\n');
  expect(stashes).toHaveLength(2);
  expect(await s.finish()).toMatchObject({ said: [], problem: null, tip: mine });
  expect(s.rescues().toSorted()).toEqual([idea, ...stashes].toSorted());
  const said = s.events.flatMap(({ event }) => (event.type === 'notice' ? [event.message] : []));
  expect(said.filter((line) => /is kept as refs\/rota\/rescue\/A1\//.test(line))).toHaveLength(3);
  // Again, as after a crash: nothing twice.
  await s.enter();
  await s.finish();
  expect(s.rescues()).toHaveLength(3);
});

test('a clone that was packed anew, with a forged commit graph and index of a pack', async () => {
  const s = await cloneScene();
  const mine = s.commit('feat: mine', { 'src/mine.txt': 'mine\n' });
  s.git('gc', '-q');
  s.plant('objects/info/commit-graph', 'CGPHnonsense');
  const folder = join(s.dotGit, 'objects/pack');
  for (const name of readdirSync(folder).filter((one) => one.endsWith('.idx'))) {
    rmSync(join(folder, name));
    writeFileSync(join(folder, name), 'nonsense');
  }
  expect(await s.finish()).toMatchObject({ said: [], problem: null, tip: mine });
  expect(s.repo.git('fsck', '--no-dangling')).toBe('');
});

test('more branches than can be rescued: the whole repository is kept', async () => {
  const s = await cloneScene();
  const tree = s.git('rev-parse', 'HEAD^{tree}');
  for (let n = 0; n < 22; n++)
    s.git('update-ref', `refs/heads/b${n}`, s.git('commit-tree', '-p', 'HEAD', '-m', `b${n}`, tree));
  expect(await s.finish()).toMatchObject({ said: [], problem: null });
  expect(s.rescues()).toHaveLength(20);
  expect(await listKeptFolders(s.project)).toEqual([
    { path: expect.stringContaining('-git~'), reason: expect.stringContaining("an agent's repository") },
  ]);
});

test('a repository inside, ignored or not: it stays in the worktree, and the worktree stays', async () => {
  const s = await cloneScene();
  s.git('init', '-q', 'inner');
  const end = await s.finish();
  expect(end.problem).toContain('git cannot take inner');
  const removed = await removeWorktree(s.project, {
    ...{ task: 'A1', worktree: s.worktree, provisionedFile: '/nowhere', disposable: [], landed: null },
  });
  expect(removed.reason).toContain('a repository of its own is in it');
});

test('who removes the worktree, or goes on with it, takes its repository in first', async () => {
  const s = await cloneScene();
  const mine = s.commit('feat: mine', { 'src/mine.txt': 'mine\n' });
  const removal = {
    task: 'A1',
    worktree: s.worktree,
    provisionedFile: '/nowhere',
    disposable: [],
    landed: null,
  };
  expect(await removeWorktree(s.project, removal)).toMatchObject({
    removed: false,
    reason: expect.stringContaining('neither landed nor pushed'),
  });
  expect(s.branch()).toBe(mine);
  await s.enter();
  const more = s.commit('feat: more', { 'src/more.txt': 'more\n' });
  const again = await s.make('RUN2');
  expect(again).toMatchObject({ resumed: true, tip: more, leftBy: 'RUN1' });
  expect(await commitLeftovers(s.project, again, 'x')).toMatchObject({ problem: null, committed: false });
});

test('what cannot be the branch is kept and said, also where no run is left to be refused', async () => {
  const s = await cloneScene();
  const odd = s.git('commit-tree', '-m', 'feat: from nothing', s.git('rev-parse', 'HEAD^{tree}'));
  s.git('update-ref', `refs/heads/${BRANCH}`, odd);
  await removeWorktree(s.project, {
    ...{ task: 'A1', worktree: s.worktree, provisionedFile: '/nowhere', disposable: [], landed: null },
  });
  const notices = s.events.flatMap(({ event }) => (event.type === 'notice' ? event.message : []));
  expect(notices.join()).toMatch(
    /the agent's repository has .* which does not go on from .* it is kept as refs/,
  );
  expect(s.rescues()).toEqual([odd]);
});

test('a main that moved while the agent worked is no reason to refuse', async () => {
  const s = await cloneScene();
  const mine = s.commit('feat: mine', { 'src/mine.txt': 'mine\n' });
  s.repo.commit('person: more', { 'src/b.txt': 'more\n' });
  expect(await s.finish()).toMatchObject({ said: [], tip: mine });
  expect(Object.keys(FILES)).toContain('src/b.txt');
});
