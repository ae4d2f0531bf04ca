import { execFileSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { sandbox, type TestRepo } from '../../support/repo.ts';
import { errorOf, expectLands, PROJECT, project, task } from './project.ts';

const ALL = [
  ['list'],
  ['show', 'A1'],
  ['next', 'developer'],
  ['status'],
  ['log'],
  ['run', 'developer'],
  ['shift'],
  ['sweep'],
  ['add', 'x'],
  ['edit', 'A1', 'priority=high'],
  ['lock', 'A1'],
  ['pause'],
  ['land', 'A1'],
];

/** The same repository as somebody sees it from another folder. */
function seenFrom(repo: TestRepo, folder: string): TestRepo {
  const at = (args: string[]) => ['-C', folder, ...args];
  return {
    ...repo,
    root: folder,
    rota: (args, options) => repo.rota(at(args), options),
    json: (args, options) => repo.json(at(args), options),
  };
}

describe('no repository to work in', () => {
  test('not a repository: every command says so', async () => {
    const box = sandbox();
    const repo = box.repo('r');
    const outside = seenFrom(repo, box.folder);
    for (const args of [...ALL, ['check'], ['init'], ['sync']]) {
      const error = await errorOf(outside, args);
      expect(error, args.join(' ')).toMatchObject({ code: 'repository', exit: 2 });
      expect(error.message).toContain('is not inside a git repository');
      expect(error.hint).toContain('git init');
    }
  });

  test('-C names a folder that is none', async () => {
    const repo = project(sandbox());
    for (const folder of ['/nowhere/at/all', 'rota.yaml', 'rota.yaml/x']) {
      const error = await errorOf(repo, ['-C', folder, 'list']);
      expect(error).toMatchObject({ code: 'usage', exit: 2 });
      expect(error.message).toContain('There is no folder');
    }
    expect(await repo.json(['-C', 'src/..', 'list']).catch((error: Error) => error.message)).toBeDefined();
  });

  test('no commit yet: said, and init works there', async () => {
    const box = sandbox();
    const repo = box.repo('r');
    rmSync(join(repo.root, '.git'), { recursive: true });
    repo.git('init', '-q');
    for (const args of ALL) {
      const error = await errorOf(repo, args);
      expect(error, args.join(' ')).toMatchObject({ code: 'repository', exit: 2 });
      expect(error.message).toContain('no commit yet');
    }
    expect((await repo.json(['check'])).problems[0].rule).toBe('missing');
    const made = await repo.json(['init', '--commit', '--gate', 'none', '--agent', 'sh tools/agent.sh']);
    expect(made.committed).toBe(true);
    expect((await repo.json(['list'])).length).toBeGreaterThan(0);
  });

  test('main is missing: the branches that are there are named', async () => {
    const repo = project(sandbox());
    repo.git('branch', '-m', 'trunk');
    for (const args of [['list'], ['run', 'developer'], ['status'], ['add', 'x']]) {
      const error = await errorOf(repo, args);
      expect(error).toMatchObject({ code: 'repository', exit: 2 });
      expect(error.message).toContain('There is no branch main');
      expect(error.hint).toContain('There is trunk. If that is main here, put `branch: trunk`');
    }
    repo.commit('chore: trunk', { 'rota.yaml': `${PROJECT['rota.yaml']}branch: trunk\n` });
    await expectLands(repo, 'trunk');
  });

  test('git does not know who commits: reading works, writing says how to tell it', async () => {
    const repo = project(sandbox());
    const env = { HOME: repo.sandbox.folder, XDG_CONFIG_HOME: repo.sandbox.folder };
    for (const args of [['run', 'developer'], ['add', 'x'], ['lock', 'A1'], ['shift'], ['sweep']]) {
      const error = await errorOf(repo, args, env);
      expect(error).toMatchObject({ code: 'identity', exit: 2 });
      expect(error.hint).toContain('git config --global user.name');
    }
    for (const args of [['list'], ['next', 'developer'], ['status'], ['check'], ['log']])
      expect((await repo.rota(args, { env })).code).toBe(0);
  });

  test('a line break in its path', async () => {
    const box = sandbox();
    const repo = project(box, {}, 'two\nlines');
    const error = await errorOf(repo, ['list']);
    expect(error).toMatchObject({ code: 'repository', exit: 2, hint: expect.stringContaining('rename') });
  });
});

describe('shapes of repositories in which a task lands', () => {
  const paths = [
    'with space',
    `quo'te"s`,
    'ünï-漢',
    '$(touch pwned)',
    '-dash',
    'a:b',
    'back\\slash',
    '[br]*? #%41',
  ];
  test('paths with spaces, quotes, letters of any kind', async () => {
    const box = sandbox();
    for (const path of paths) await expectLands(project(box, {}, path));
    const found = execFileSync('find', [box.folder, '-name', 'pwned'], { encoding: 'utf8' });
    expect(found).toBe('');
  });

  test('detached head, unborn branch, another branch', async () => {
    const box = sandbox();
    const detached = project(box, {}, 'detached');
    detached.git('checkout', '-q', '--detach');
    await expectLands(detached);
    expect(detached.git('status', '--porcelain')).toBe('');
    const unborn = project(box, {}, 'unborn');
    unborn.git('checkout', '-q', '--orphan', 'new');
    await expectLands(unborn);
    expect(unborn.git('symbolic-ref', 'HEAD')).toBe('refs/heads/new');
  });

  test('a subfolder, and a linked worktree, as the current folder', async () => {
    const box = sandbox();
    const repo = project(box, { 'deep/er/x.txt': 'x' });
    repo.git('worktree', 'add', '-q', '-b', 'side', join(box.folder, 'side'));
    expect(await seenFrom(repo, join(box.folder, 'side')).json(['list'])).toHaveLength(1);
    await expectLands(seenFrom(repo, join(repo.root, 'deep/er')));
    expect(repo.git('status', '--porcelain')).toBe('');
    repo.commit('chore: more', {
      'backlog/A1-good.md': PROJECT['backlog/A1-good.md']!,
      'src/A1.txt': 'old\n',
    });
    await expectLands(seenFrom(repo, join(box.folder, 'side')));
  });

  test('a bare repository, end to end', async () => {
    const box = sandbox();
    const first = project(box);
    const bare = box.bare('bare.git');
    first.git('push', '-q', bare.root, 'main');
    for (const args of [['list'], ['check'], ['next', 'developer'], ['status']])
      expect((await bare.rota(args)).code).toBe(0);
    await expectLands(bare);
    expect((await bare.json(['add', 'Another', '--ready'])).id).toBe('A2');
    expect(await bare.json(['run', 'developer'])).toMatchObject({ outcome: 'landed', task: 'A2' });
    expect((await bare.json(['log'])).map((one: { event: string }) => one.event)).toContain('landed');
    expect(bare.git('worktree', 'list').split('\n')).toHaveLength(1);
  });

  test('a shallow clone, with its remote', async () => {
    const box = sandbox();
    const first = project(box);
    for (const name of ['a', 'b']) first.commit(`chore: ${name}`, { [name]: name });
    const hub = box.bare('hub.git');
    first.git('push', '-q', hub.root, 'main');
    first.git('clone', '-q', '--depth', '1', `file://${hub.root}`, join(box.folder, 'shallow'));
    await expectLands(seenFrom(first, join(box.folder, 'shallow')), 'main', hub);
    expect(hub.git('rev-list', '--count', '--first-parent', 'main')).toBe('5');
  });

  test('object format sha256', async () => {
    const box = sandbox();
    const repo = box.repo('r');
    rmSync(join(repo.root, '.git'), { recursive: true });
    repo.git('init', '-q', '--object-format=sha256');
    repo.commit('chore: first', PROJECT);
    await expectLands(repo);
  });

  test('submodules and filters are named, and what needs neither lands', async () => {
    const box = sandbox();
    const lib = box.repo('lib');
    const repo = project(box, { '.gitattributes': '*.bin filter=lfs diff=lfs merge=lfs -text\n' });
    repo.git('submodule', '--quiet', 'add', lib.root, 'vendor/lib');
    repo.git('commit', '-q', '-m', 'chore: submodule');
    const { stderr } = await expectLands(repo);
    expect(stderr).toContain('submodules (vendor/lib) are empty folders');
    expect(stderr).toContain('files with the filter lfs are plain stored text');
    expect((await repo.json(['status'])).limits).toHaveLength(2);
    expect((await repo.rota(['status'])).stdout).toContain('submodules (vendor/lib)');
    expect(repo.git('status', '--porcelain')).toBe('');
  });

  test('a sparse checkout: what is left out is no deletion; landing waits and says why', async () => {
    const repo = project(sandbox(), {
      'a/x.txt': 'x',
      'backlog/old/A2-done.md': task('title: Done', 'status: done'),
      'backlog/A3-next.md': task('title: Next', 'depends: [A2]'),
    });
    repo.git('sparse-checkout', 'set', '--no-cone', '/*', '!backlog/old');
    expect(repo.exists('backlog/old/A2-done.md')).toBe(false);
    expect((await repo.json(['check'])).problems).toEqual([]);
    expect((await repo.json(['status'])).uncommitted).toEqual([]);
    const ran = await repo.json(['run', 'developer']);
    expect(ran).toMatchObject({ outcome: 'waiting', task: 'A1' });
    expect(ran.reason).toContain('sparse checkout');
    repo.git('sparse-checkout', 'disable');
    await repo.rota(['run', 'developer']);
    expect(repo.git('show', 'main:src/A1.txt')).toBe('work on A1');
  });

  test('a folder named like the configured worktrees that is a file', async () => {
    const repo = project(sandbox());
    writeFileSync(join(repo.root, '.worktrees'), 'mine\n');
    const ran = await repo.rota(['run', 'developer', '--json']);
    expect(JSON.parse(ran.stdout)).toMatchObject({
      outcome: 'failed',
      reason: expect.stringContaining('.worktrees'),
    });
    expect(ran.code).toBe(3);
    expect(repo.read('.worktrees')).toBe('mine\n');
  });
});
