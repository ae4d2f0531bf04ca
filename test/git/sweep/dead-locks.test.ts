import { spawn } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { readRunFacts } from '../../../src/run/project/run-folder.ts';
import { sweep } from '../../../src/run/sweep/sweep.ts';
import { sweepWhile } from '../../../src/run/sweep/sweep-while.ts';
import { taskRef } from '../../../src/store/records/task-ref.ts';
import { editTask } from '../../../src/task/edit.ts';
import { taskKey } from '../../../src/task/id.ts';
import { until } from '../../support/until.ts';
import { BRANCH, FILES, openTestProject } from '../worktree/open-test-project.ts';
import { ALL, deadRun, FILE, freshRun, lockOf } from './dead-run.ts';
import { hold, recordNow } from './task-records.ts';

const children: ReturnType<typeof spawn>[] = [];

afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

test('a dead lock: work is committed, the lock and its block go, the task is free; the second sweep finds nothing', async () => {
  const { project, repo, made, main, events, run } = await deadRun();
  const report = await sweep(project, ALL);
  expect(report.freed).toEqual([
    {
      ...{ task: 'A1', branch: BRANCH, worktree: null, rescue: null },
      reason: expect.stringMatching(
        /^its worker \(developer, pat@example\) died: process \d+ is gone; what it left was committed on its branch$/,
      ),
    },
  ]);
  expect(report.kept).toMatchObject([{ task: 'A1', branch: BRANCH, worktree: made.path }]);
  expect(repo.git('show', `${BRANCH}:src/a.txt`)).toBe('work of the dead');
  expect(repo.read(FILE)).toBe(FILES[FILE]);
  expect(repo.git('show', `main:${FILE}`)).toBe(FILES[FILE]!.trimEnd());
  expect(repo.git('status', '--porcelain')).toBe('');
  expect(await recordNow(project)).toMatchObject({
    ...{ lock: null, publish: null, state: null, attempts: 0 },
    notes: [{ run, outcome: 'interrupted' }],
    log: [expect.stringContaining('| sweeper | A1 | freed |')],
  });
  expect(await readRunFacts(project.system, project.repository, run)).toMatchObject({
    outcome: 'interrupted',
  });
  expect(events.some(({ event }) => event.type === 'sweep' && event.action === 'freed')).toBe(true);
  const before = main();
  const again = await sweep(project, ALL);
  expect({ ...again, kept: [] }).toEqual({
    freed: [],
    landed: [],
    rescued: [],
    removed: [],
    kept: [],
    followed: [],
  });
  expect(main()).toBe(before);
});

test('a worker that died at once leaves nothing: no ref, no worktree, no branch', async () => {
  const { project, repo, made } = await deadRun();
  writeFileSync(join(made.path, 'src/a.txt'), 'a\n');
  const report = await sweep(project, ALL);
  expect(report.freed).toHaveLength(1);
  expect(report.removed).toMatchObject([{ task: 'A1', worktree: made.path }]);
  expect(repo.git('for-each-ref', '--format=%(refname)', 'refs/rota', 'refs/heads/ai')).toBe('');
  expect(existsSync(made.path)).toBe(false);
});

test('the lock of a live worker is never taken, nor its worktree', async () => {
  const { project, made, repo } = await deadRun({ pid: process.pid, started: startOf(process.pid) });
  const token = (await project.refs.read()).tasks.get(taskKey('A1'));
  const report = await sweep(project, { ...ALL, discard: taskKey('A1') });
  expect(report).toEqual({ freed: [], landed: [], rescued: [], removed: [], kept: [], followed: [] });
  expect((await project.refs.read()).tasks.get(taskKey('A1'))).toBe(token);
  expect(readFileSync(join(made.path, 'src/a.txt'), 'utf8')).toBe('work of the dead\n');
  expect(repo.read(FILE)).toContain('lock:');
});

test('a pid that another process has by now is a dead worker', async () => {
  const { project } = await deadRun({ pid: process.pid, started: '1' });
  expect((await sweep(project, ALL)).freed).toHaveLength(1);
});

test('worker dead, agent alive: the agent is ended before its work is committed and the task freed', async () => {
  const { project, made, repo, run } = await deadRun();
  const script = `trap '' TERM; while :; do echo alive >> ${join(made.path, 'agent.txt')}; sleep 0.02; done`;
  const agent = spawn('sh', ['-c', script], {
    env: { PATH: process.env['PATH'], ROTA_RUN: `OUTER:${run}` },
    detached: true,
    stdio: 'ignore',
  });
  children.push(agent);
  const ended = new Promise((done) => agent.on('exit', done));
  await until(() => existsSync(join(made.path, 'agent.txt')), 'the agent writes');
  expect((await sweep(project, ALL)).freed).toHaveLength(1);
  await ended;
  expect(repo.git('show', `${BRANCH}:agent.txt`)).toContain('alive');
  expect(repo.git('-C', made.path, 'status', '--porcelain')).toBe('');
});

test('a worker that starts its agent and dies while worktrees are swept: its agent is not overlooked', async () => {
  const worker = spawn('sleep', ['600'], { stdio: 'ignore' });
  children.push(worker);
  const workerEnded = new Promise((done) => worker.on('exit', done));
  const { system } = (await openTestProject()).project;
  const alive = await system.processTable.facts(worker.pid!);
  if (alive.kind !== 'alive') throw new Error('the worker is not there');
  const { project, made, repo, run } = await deadRun({ pid: worker.pid!, started: alive.started });
  const facts = () => readRunFacts(project.system, project.repository, run);
  let agent: ReturnType<typeof spawn> | null = null;
  let agentEnded: Promise<unknown> = Promise.resolve();
  let looks = 0;
  const { processTable } = project.system;
  const runs = async () => {
    const seen = await processTable.runs();
    looks += 1;
    if (looks !== 2) return seen;
    const script = `trap '' TERM; while :; do echo alive >> ${join(made.path, 'agent.txt')}; sleep 0.02; done`;
    const env = { PATH: process.env['PATH'], ROTA_RUN: run };
    agent = spawn('sh', ['-c', script], { env, detached: true, stdio: 'ignore' });
    children.push(agent);
    agentEnded = new Promise((done) => agent?.on('exit', done));
    await until(() => existsSync(join(made.path, 'agent.txt')), 'the agent writes');
    worker.kill('SIGKILL');
    await workerEnded;
    return seen;
  };
  const racing = { ...project, system: { ...project.system, processTable: { ...processTable, runs } } };
  await sweep(racing, ALL);
  expect(agent!.signalCode === null ? (await facts())?.ended : null, 'its agent lives').toBeNull();
  await sweep(project, ALL);
  await agentEnded;
  expect(await facts()).toMatchObject({ outcome: 'interrupted' });
  expect(repo.git('show', `${BRANCH}:agent.txt`)).toContain('alive');
});

test('a lock of another machine is freed only after it stood still for 15 min of watching', async () => {
  const { project, repo } = await openTestProject();
  const run = freshRun();
  await hold(project, { lock: lockOf(project, run, { machine: 'other', host: 'other' }) });
  let now = 1_000_000;
  const system = { ...project.system, clock: { ...project.system.clock, monotonic: () => now } };
  const watching = { ...project, system };
  expect((await sweep(watching, ALL)).freed).toEqual([]);
  now += 14 * 60_000;
  expect((await sweep(watching, ALL)).freed).toEqual([]);
  now += 60_000;
  expect((await sweep(watching, { ...ALL, only: 'this-machine' })).freed).toEqual([]);
  await hold(project, { lock: lockOf(project, run, { machine: 'other', host: 'other' }) });
  expect((await sweep(watching, ALL)).freed).toEqual([]);
  now += 15 * 60_000;
  expect(
    (
      await sweep(
        { ...watching, system: { ...system, machine: { ...system.machine, boot: 'another' } } },
        ALL,
      )
    ).freed,
  ).toEqual([]);
  now += 15 * 60_000;
  const boot = { ...watching, system: { ...system, machine: { ...system.machine, boot: 'another' } } };
  expect((await sweep(boot, ALL)).freed).toMatchObject([{ task: 'A1' }]);
  expect(repo.git('for-each-ref', 'refs/rota/tasks')).toBe('');
});

test('a machine that remembers nothing watches for 16 minutes: then a lock that stood still is free', async () => {
  const { project, repo } = await openTestProject();
  await hold(project, { lock: lockOf(project, freshRun(), { machine: 'other', host: 'other' }) });
  let now = 1_000_000;
  const clock = {
    ...project.system.clock,
    monotonic: () => now,
    wait: async (ms: number) => {
      now += ms;
    },
  };
  const watching = { ...project, system: { ...project.system, clock } };
  expect((await sweepWhile(watching, ALL, 14 * 60_000)).freed).toEqual([]);
  expect(now).toBe(1_000_000 + 14 * 60_000);
  rmSync(join(project.repository.rotaDir, 'seen-locks.json'));
  expect((await sweepWhile(watching, ALL, 16 * 60_000)).freed).toMatchObject([{ task: 'A1' }]);
  expect(repo.git('for-each-ref', 'refs/rota/tasks')).toBe('');
});

test('main cannot move: the task is freed all the same, the block goes later', async () => {
  const { project, repo } = await deadRun();
  repo.write(FILE, `${repo.read(FILE)}a person types here\n`);
  const report = await sweep(project, ALL);
  expect(report.freed).toHaveLength(1);
  expect(report.kept.map(({ reason }) => reason)).toContainEqual(
    expect.stringContaining('left over, but main cannot move now'),
  );
  expect((await recordNow(project))?.lock).toBeNull();
  expect(repo.read(FILE)).toContain('a person types here');
  repo.git('checkout', '-q', '--', FILE);
  expect((await sweep(project, ALL)).freed).toMatchObject([
    { task: 'A1', reason: expect.stringContaining('left over') },
  ]);
  expect(repo.read(FILE)).toBe(FILES[FILE]);
});

test("a person's own lock block stays", async () => {
  const { project, repo } = await openTestProject();
  const text = editTask(repo.read(FILE), { lock: { by: 'mike' } });
  repo.commit('chore: mine', { [FILE]: text });
  await sweep(project, ALL);
  expect(repo.read(FILE)).toBe(text);
});

test('an id that a dead run reserved is free again', async () => {
  const { project } = await openTestProject();
  await hold(project, { lock: lockOf(project, freshRun()), state: 'reserved' }, 'A9');
  expect((await sweep(project, ALL)).freed).toMatchObject([{ task: 'A9' }]);
  expect(await recordNow(project, 'A9')).toBeNull();
});

test('a record that a newer rota wrote is left alone', async () => {
  const { project, repo } = await openTestProject();
  repo.git('update-ref', taskRef(taskKey('A1')), repo.git('rev-parse', 'main'));
  expect((await sweep(project, ALL)).freed).toEqual([]);
  expect(repo.git('rev-parse', taskRef(taskKey('A1')))).toBe(repo.git('rev-parse', 'main'));
});

function startOf(pid: number): string {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
}
