import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { sandbox, type TestRepo } from '../../support/repo.ts';
import { backlogRepo } from './backlog-repo.ts';

const TASK = 'title: First\nstatus: ready\n';

function cacheFile(repo: TestRepo): string {
  const folder = join(repo.sandbox.env['XDG_CACHE_HOME'] ?? '', 'rota/looks');
  return join(folder, readdirSync(folder)[0] ?? '');
}

test('a second look is the same, and never out of date', async () => {
  const repo = await backlogRepo(sandbox(), { 'A1-a.md': TASK });
  const first = await repo.json(['list']);
  expect(await repo.json(['list'])).toEqual(first);
  const next = await repo.json(['next', 'developer']);
  expect(next.task).toBe('A1');

  await repo.json(['edit', 'A1', 'title=Other']);
  expect((await repo.json(['list']))[0].title).toBe('Other');
  repo.commit('chore: role', {
    'roles/developer.md': '---\nrole: developer\ntakes: {type: [bug]}\nagent: mine\n---\nDo it.\n',
  });
  expect((await repo.json(['next', 'developer'])).task).toBeNull();
  repo.commit('chore: role', {
    'roles/developer.md': '---\nrole: developer\ntakes: {type: [feature]}\nagent: mine\n---\nDo it.\n',
  });
  expect((await repo.json(['next', 'developer'])).task).toBe('A1');
  await repo.json(['pause']);
  expect((await repo.json(['next', 'developer'])).task).toBeNull();
  await repo.json(['resume']);
  expect((await repo.json(['next', 'developer'])).task).toBe('A1');
});

test('records count at once: a run that ended blocked is shown', async () => {
  const repo = await backlogRepo(sandbox(), { 'A1-a.md': TASK });
  await repo.json(['list']);
  await repo.json(['list']);
  const { outcome } = await repo.json(['run', 'developer']);
  expect(outcome).toBe('blocked');
  expect((await repo.json(['list']))[0]).toMatchObject({ state: 'blocked', attempts: expect.any(Number) });
});

test('a remote, and a torn or foreign cache, are read as if there was none', async () => {
  const repo = await backlogRepo(sandbox(), { 'A1-a.md': TASK });
  const first = await repo.json(['list']);
  const key = readFileSync(cacheFile(repo), 'utf8').split('\n')[0];
  for (const text of ['', 'no line', `${key}\n{}`, `${key}\n{}\n{}`, `${key}\n[]\n{"parser":2}`]) {
    writeFileSync(cacheFile(repo), text);
    expect(await repo.json(['list'])).toEqual(first);
  }
  const bare = repo.sandbox.bare('bare');
  repo.git('push', '-q', bare.root, 'main');
  const other = repo.sandbox.clone(bare.root, 'other');
  other.commit('chore: more', { 'backlog/A2-b.md': '---\ntitle: Second\n---\n' });
  other.git('push', '-q', 'origin', 'main');
  repo.git('remote', 'add', 'origin', bare.root);
  expect(await repo.json(['list', '--fetch'])).toHaveLength(2);
  expect(await repo.json(['list'])).toHaveLength(2);
});

/** The command where no git can be found: null when it had to ask git. */
async function withoutGit(repo: TestRepo, args: string[]): Promise<string | null> {
  const { code, stdout, stderr } = await repo.rota(args, { env: { PATH: '/nowhere' } });
  if (code === 0) return stdout;
  expect(stderr).toContain('git was not found');
  return null;
}

/** `-C` is one of the things that a quick look leaves to the command as it is. */
async function asUsual(repo: TestRepo, args: string[]): Promise<string> {
  return (await repo.rota(['-C', '.', ...args])).stdout;
}

const LOOKS = [
  ['list'],
  ['list', '--json'],
  ['list', '--status', 'ready,progress', '--type=bug'],
  ['list', '--role', 'developer'],
  ['next', 'developer'],
  ['next', 'Developer', '--explain', '--json'],
];

test('while nothing moves no git is asked, and the words are the same', async () => {
  const repo = await backlogRepo(sandbox(), {
    'A1-a.md': TASK,
    'A2-b.md': 'title: \u001b[31mSecond\ntype: bug\nstatus: ready\npriority: high\ndepends: [A1]\n',
    'A3-c.md': '---\ntitle: [\n---\n',
    'A10-d.md': 'title: Größer 漢字\ntouches: [src/**]\nlock: {by: mike}\nstatus: ready\n',
  });
  expect(await withoutGit(repo, ['list'])).toBeNull();
  await repo.rota(['list']);
  for (const args of LOOKS) {
    const quick = await withoutGit(repo, args);
    expect(quick).not.toBeNull();
    expect(quick).toBe(await asUsual(repo, args));
  }
  for (const args of [
    ['list', '--fetch'],
    ['next', 'nobody'],
    ['list', '--status', 'odd'],
    ['list', 'x'],
  ]) {
    const quick = await repo.rota(args);
    expect(quick).toEqual(await repo.rota(['-C', '.', ...args]));
  }
  repo.git('pack-refs', '--all');
  expect(await withoutGit(repo, ['list'])).not.toBeNull();
  repo.commit('chore: x', { 'x.txt': 'x' });
  expect(await withoutGit(repo, ['list'])).toBeNull();
});

test('records are kept with it, and who lives is asked every time', async () => {
  const repo = await backlogRepo(sandbox(), { 'A1-a.md': TASK, 'A2-b.md': TASK.replace('First', 'Second') });
  await repo.json(['run', 'developer']);
  await repo.json(['list']);
  const [first] = JSON.parse((await withoutGit(repo, ['list', '--json'])) ?? '[]');
  expect(first).toMatchObject({ id: 'A1', state: 'blocked', lock: null });
  expect(await withoutGit(repo, ['next', 'developer', '--explain'])).toBe(
    await asUsual(repo, ['next', 'developer', '--explain']),
  );
  const ref = repo.git('for-each-ref', '--format=%(refname)', 'refs/rota/tasks');
  repo.git('update-ref', '-d', ref);
  expect((await repo.json(['list']))[0]).toMatchObject({ id: 'A1', state: null });
});

test('what is not plain is left to git', async () => {
  const repo = await backlogRepo(sandbox(), { 'A1-a.md': TASK });
  const config = repo.read('.git/config');
  const look = async () => {
    await repo.rota(['list']);
    return withoutGit(repo, ['list']);
  };
  expect(await look()).not.toBeNull();
  for (const [key, value] of [
    ['include.path', '/nowhere'],
    ['core.worktree', repo.root],
    ['extensions.worktreeConfig', 'true'],
  ] as const) {
    repo.git('config', key, value);
    expect(await look(), key).toBeNull();
    writeFileSync(join(repo.root, '.git/config'), config);
  }
});
