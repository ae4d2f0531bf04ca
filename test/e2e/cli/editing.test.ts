import { describe, expect, test } from 'vitest';
import { sandbox } from '../../support/repo.ts';
import { backlogRepo } from './backlog-repo.ts';

const TASK = "---\nid: A1\ntitle: 'First'   # quoted\nstatus: draft\nowner: mike\n---\nBody\n";

describe('commands that edit the backlog', () => {
  test('add writes one file to main, whatever branch is checked out', async () => {
    const repo = await backlogRepo(sandbox(), { 'A1-a.md': TASK });
    repo.git('switch', '-q', '-c', 'feature');
    repo.commit('feat: x', { 'x.txt': 'x' });
    const args = [
      'add',
      'Show the price',
      '--type',
      'bug',
      '--priority',
      'high',
      '--ready',
      '--depends',
      'A1',
      '--touches',
      'src/{a,b}/**',
    ];
    const added = await repo.json([...args, '--body', '- [ ] it works']);
    expect(added).toMatchObject({
      id: 'A2',
      file: 'backlog/A2-show-the-price.md',
      commit: repo.git('rev-parse', 'main'),
    });
    expect(repo.git('show', '--format=', '--name-only', 'main')).toBe('backlog/A2-show-the-price.md');
    expect(repo.git('rev-parse', '--abbrev-ref', 'HEAD')).toBe('feature');
    expect(repo.git('status', '--porcelain')).toBe('');
    expect(await repo.json(['show', 'A2'])).toMatchObject({
      type: 'bug',
      priority: 'high',
      status: 'ready',
      depends: ['A1'],
      touches: ['src/{a,b}/**'],
      body: expect.stringContaining('- [ ] it works'),
    });
    expect((await repo.rota(['add', 'Another'])).stderr).toContain('rota edit A3 status=ready');
  });

  test('add refuses what would be a problem', async () => {
    const repo = await backlogRepo(sandbox(), { 'A1-a.md': TASK });
    const before = repo.git('rev-parse', 'main');
    expect((await repo.json(['add', 'x', '--depends', 'A9'])).error.code).toBe('task');
    expect((await repo.json(['add', 'x', '--id', 'A01'])).error.message).toContain('taken');
    expect((await repo.json(['add', 'x', '--id', '../x'])).error.code).toBe('usage');
    expect((await repo.json(['add', ' '])).error.code).toBe('usage');
    expect(repo.git('rev-parse', 'main')).toBe(before);
  });

  test('edit changes the bytes of its keys only', async () => {
    const repo = await backlogRepo(sandbox(), { 'A1-a.md': TASK });
    await repo.json(['edit', 'A1', 'status=ready', 'priority=high']);
    const text = repo.git('show', 'main:backlog/A1-a.md');
    expect(text).toBe(
      TASK.replace('status: draft', 'status: ready')
        .replace('owner: mike\n', 'owner: mike\npriority: high\n')
        .trimEnd(),
    );
    const same = await repo.json(['edit', 'A1', 'status=ready']);
    expect(same.commit).toBeNull();
    expect((await repo.json(['edit', 'A1', 'status=redy'])).error.message).toContain('redy');
    expect((await repo.json(['edit', 'A1'])).error.code).toBe('usage');
  });

  test('lock shows in the file and in list; unlock takes it off', async () => {
    const repo = await backlogRepo(sandbox(), { 'A1-a.md': TASK.replace('draft', 'ready') });
    const before = repo.git('show', 'main:backlog/A1-a.md');
    await repo.json(['lock', 'A1']);
    expect(repo.git('show', 'main:backlog/A1-a.md')).toMatch(/^lock: /m);
    expect((await repo.json(['list']))[0].lock).toMatchObject({
      run: null,
      by: expect.stringContaining('@'),
    });
    expect((await repo.json(['next', 'developer'])).task).toBeNull();
    await repo.json(['unlock', 'A1']);
    expect(repo.git('show', 'main:backlog/A1-a.md')).toBe(before);
    expect((await repo.json(['next', 'developer'])).task).toBe('A1');
  });

  test('pause and resume, all and one', async () => {
    const repo = await backlogRepo(sandbox(), { 'A1-a.md': TASK.replace('draft', 'ready') });
    expect(await repo.json(['pause'])).toEqual({ all: true, roles: [] });
    expect(await repo.json(['run', 'developer'])).toMatchObject({ outcome: 'idle', task: null });
    expect((await repo.json(['status'])).paused).toEqual({ all: true, roles: [] });
    await repo.json(['resume']);
    expect(await repo.json(['pause', 'developer'])).toEqual({ all: false, roles: ['developer'] });
    expect((await repo.json(['next', 'developer'])).task).toBeNull();
    await repo.json(['resume', 'developer']);
    expect((await repo.json(['status'])).paused).toBeNull();
  });

  test('run without a terminal never commits a task file, and names it', async () => {
    const repo = await backlogRepo(sandbox(), { 'A1-a.md': TASK });
    repo.write('backlog/A5-new.md', '---\ntitle: New\nstatus: ready\n---\n');
    const before = repo.git('rev-parse', 'main');
    const ran = await repo.rota(['run', 'developer', 'A5']);
    expect(ran.code).toBe(0);
    expect(ran.stdout).toContain('idle');
    expect(ran.stderr).toContain('git add -- backlog/A5-new.md && git commit');
    expect(repo.git('rev-parse', 'main')).toBe(before);
  });
});
