import { describe, expect, test } from 'vitest';
import { sandbox } from '../../support/repo.ts';
import { backlogRepo, traceOf } from './backlog-repo.ts';

const TASKS = {
  'A1-first.md': 'id: A1\ntitle: First\ntype: feature\npriority: high\nstatus: ready\n',
  'A2-second.md': 'title: Second\ntype: bug\nstatus: ready\ndepends: [A1]\nepic: A3\n',
  'A3-epic.md': 'title: Everything\ntype: epic\n',
  'A10-done.md':
    '---\ntitle: Done\nstatus: done\n---\nIt was.\n\n## Log\n\n2025-12-02 11:03:23 UTC | developer | A10 | landed | as abc\n',
};
const KEYS = 'id title type priority status role epic depends file lock state attempts reason problems'.split(
  ' ',
);

describe('commands that look', () => {
  test('list has every task with the promised keys, by id', async () => {
    const repo = await backlogRepo(sandbox(), TASKS);
    const tasks = await repo.json(['list']);
    expect(tasks.map((task: { id: string }) => task.id)).toEqual(['A1', 'A2', 'A3', 'A10']);
    for (const task of tasks) for (const key of KEYS) expect(task).toHaveProperty(key);
    expect(tasks[1]).toMatchObject({
      title: 'Second',
      type: 'bug',
      priority: 'medium',
      status: 'ready',
      role: null,
      epic: 'A3',
      depends: ['A1'],
      file: 'backlog/A2-second.md',
      lock: null,
      state: null,
      attempts: 0,
      reason: null,
      problems: [],
    });
  });

  test('list filters by shown and stored status, type and role', async () => {
    const repo = await backlogRepo(sandbox(), {
      ...TASKS,
      'A4-mine.md': 'title: Mine\nstatus: ready\nlock: mike\n',
    });
    const ids = async (...args: string[]) =>
      (await repo.json(['list', ...args])).map((task: { id: string }) => task.id);
    expect(await ids('--status', 'locked')).toEqual(['A4']);
    expect(await ids('--status', 'ready')).toEqual(['A1', 'A2', 'A4']);
    expect(await ids('--status', 'done,draft')).toEqual(['A3', 'A10']);
    expect(await ids('--type', 'bug', '--type', 'epic')).toEqual(['A2', 'A3']);
    expect(await ids('--role', 'developer')).toEqual(['A1', 'A2', 'A4', 'A10']);
    const [mine] = await repo.json(['list', '--status', 'locked']);
    expect(mine.lock).toMatchObject({ by: 'mike', run: null, alive: null });
  });

  test('a malformed file is listed with what is wrong, the others go on, check exits 2', async () => {
    const repo = await backlogRepo(sandbox(), { ...TASKS, 'A5-bad.md': 'title: Bad\nstatus: redy\n' });
    const bad = (await repo.json(['list'])).find(
      (task: { file: string }) => task.file === 'backlog/A5-bad.md',
    );
    expect(bad).toMatchObject({ id: 'A5', status: null });
    expect(bad.problems[0]).toMatchObject({ file: 'backlog/A5-bad.md', line: 3 });
    const check = await repo.rota(['check']);
    expect(check.code).toBe(2);
    expect(check.stdout).toMatch(/^backlog\/A5-bad\.md:3: .*redy/m);
    const { problems } = await repo.json(['check']);
    expect(problems).toHaveLength(1);
    expect(Object.keys(problems[0])).toEqual(['file', 'line', 'rule', 'message']);
    expect((await repo.json(['status'])).problems).toHaveLength(1);
    expect((await repo.rota(['show', 'A5'])).code).toBe(2);
  });

  test('check reads the files of the checkout, --main what workers see', async () => {
    const repo = await backlogRepo(sandbox(), TASKS);
    expect(await repo.rota(['check'])).toMatchObject({ code: 0 });
    repo.write('backlog/A6-new.md', '---\ntitle: New\ndepends: [A99]\n---\n');
    repo.write('rota.yaml', 'gate: none\nworkrs: 3\n');
    const { problems } = await repo.json(['check']);
    expect(problems.map((problem: { file: string }) => problem.file)).toEqual(
      expect.arrayContaining(['rota.yaml', 'backlog/A6-new.md']),
    );
    expect(await repo.json(['check', '--main'])).toEqual({ problems: [] });
  });

  test('next names the task and, with --explain, why not the others', async () => {
    const repo = await backlogRepo(sandbox(), TASKS);
    const next = await repo.json(['next', 'developer']);
    expect(next).toMatchObject({ role: 'developer', task: 'A1' });
    expect(next.explain.map((entry: { id: string }) => entry.id).sort()).toEqual(['A1', 'A10', 'A2', 'A3']);
    expect(next.explain.find((entry: { id: string }) => entry.id === 'A2')).toMatchObject({
      eligible: false,
      reason: expect.stringContaining('A1'),
    });
    const words = await repo.rota(['next', 'developer', '--explain']);
    expect(words.stdout).toMatch(/^A1 {2}First/);
    expect(words.stdout).toMatch(/^A2 +no +waits for A1/m);
    const wrong = await repo.rota(['next', 'devloper']);
    expect(wrong).toMatchObject({ code: 2, stderr: expect.stringContaining('Did you mean developer?') });
  });

  test('show reads one task, whatever its file is called, and finds A010 as A10', async () => {
    const repo = await backlogRepo(sandbox(), { ...TASKS, 'odd-name.md': 'id: B7\ntitle: Odd\n' });
    expect(await repo.json(['show', 'A010'])).toMatchObject({
      id: 'A10',
      status: 'done',
      body: expect.stringContaining('It was.'),
    });
    expect(await repo.json(['show', 'B7'])).toMatchObject({ id: 'B7', file: 'backlog/odd-name.md' });
    expect((await repo.rota(['show', 'A1'])).stdout).toMatch(/^A1 {2}First\nstatus +ready\n/);
    expect((await repo.json(['show', 'A99'])).error).toMatchObject({ code: 'task' });
  });

  test('status counts, and names task files that no worker sees with the command that hands them over', async () => {
    const box = sandbox();
    const repo = await backlogRepo(box, TASKS);
    repo.write('backlog/A20-new.md', '---\ntitle: New\nstatus: ready\n---\n');
    repo.write('backlog/A1-first.md', '---\nid: A1\ntitle: First, edited\nstatus: ready\n---\n');
    repo.write('backlog/README.md', 'for people\n');
    const status = await repo.json(['status']);
    expect(status).toMatchObject({
      branch: 'main',
      remote: null,
      head: repo.git('rev-parse', 'main'),
      paused: null,
      tasks: { draft: 1, ready: 2, done: 1, blocked: 0, dropped: 0 },
      workers: [],
      waiting: [],
      held: [],
      unpushed: [],
      problems: [],
      worktrees: [],
    });
    expect(status.uncommitted).toMatchObject([
      { file: 'backlog/A1-first.md', task: 'A1', change: 'edited' },
      { file: 'backlog/A20-new.md', task: 'A20', change: 'new' },
    ]);
    const { error } = await repo.json(['show', 'A20']);
    expect(error.hint).toBe(status.uncommitted[1].command);
    repo.git('config', 'user.name', 'Pat');
    for (const { command } of status.uncommitted) {
      const { execFileSync } = await import('node:child_process');
      execFileSync('sh', ['-c', command], { cwd: repo.root, env: box.env, stdio: 'pipe' });
    }
    expect((await repo.json(['status'])).uncommitted).toEqual([]);
  });

  test('with a remote, what is committed and not pushed is named; what only main changed is not', async () => {
    const box = sandbox();
    const first = await backlogRepo(box, TASKS);
    const bare = box.bare('bare');
    first.git('remote', 'add', 'origin', bare.root);
    first.git('push', '-q', 'origin', 'main');
    const second = box.clone(bare.root, 'second');
    second.commit('chore: another', { 'backlog/A30-other.md': '---\ntitle: Other\n---\n' });
    second.git('push', '-q', 'origin', 'main');
    first.commit('chore: mine', { 'backlog/A31-mine.md': '---\ntitle: Mine\n---\n' });
    const status = await first.json(['status', '--fetch']);
    expect(status).toMatchObject({
      remote: 'origin',
      uncommitted: [],
      head: second.git('rev-parse', 'main'),
    });
    expect(status.unpushed).toMatchObject([
      { file: 'backlog/A31-mine.md', change: 'new', command: 'git push origin main' },
    ]);
    const refs = first.git('for-each-ref', 'refs/remotes');
    expect(refs).not.toContain(second.git('rev-parse', 'main'));
  });

  test('log tells what the task files tell, oldest first', async () => {
    const repo = await backlogRepo(sandbox(), TASKS);
    const entry = {
      time: '2025-12-02T11:03:23.000Z',
      role: 'developer',
      task: 'A10',
      event: 'landed',
      detail: 'as abc',
    };
    expect(await repo.json(['log'])).toEqual([entry]);
    expect(await repo.json(['log', 'A10'])).toEqual([entry]);
    expect(await repo.json(['log', 'A1'])).toEqual([]);
    expect((await repo.rota(['log', 'A77'])).code).toBe(2);
  });

  test('what a task file says cannot steer the terminal', async () => {
    const evil = '"\\e]0;owned\\a\\e[2J\\u202Egnp"';
    const repo = await backlogRepo(sandbox(), {
      'A1-x.md': `title: Fine\nepic: ${evil}\nlock: {by: ${evil}}\n`,
      'A2-y.md': `title: ${evil}\n`,
    });
    for (const args of [
      ['list'],
      ['show', 'A1'],
      ['show', 'A2'],
      ['status'],
      ['next', 'developer', '--explain'],
      ['check'],
      ['log'],
    ]) {
      const { stdout, stderr } = await repo.rota(args);
      expect(stdout + stderr).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/);
    }
  });

  test('they write nothing, and need no identity', async () => {
    const box = sandbox();
    const repo = await backlogRepo(box, TASKS);
    const before = traceOf(repo);
    const env = { GIT_CONFIG_GLOBAL: '/dev/null', HOME: '/nonexistent' };
    const looks = [
      'list',
      'show A1',
      'status',
      'next developer',
      'check',
      'log',
      'why A1',
      'rescue list',
      'prompt A1',
      'watch',
    ];
    for (const look of looks)
      expect(await repo.rota(look.split(' '), { env }), look).toMatchObject({ code: 0 });
    expect(traceOf(repo)).toBe(before);
  });
});
