import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { sandbox, type TestRepo } from '../../support/repo.ts';
import { backlogRepo } from './backlog-repo.ts';

const TASK = 'title: First\nstatus: ready\n';

function cacheFile(repo: TestRepo): string {
  const folder = join(repo.sandbox.env['XDG_CACHE_HOME'] ?? '', 'rota');
  return join(folder, readdirSync(folder)[0] ?? '', 'look.json');
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
  for (const text of ['', 'no line', `${'0'.repeat(64)}\n{}`]) {
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
