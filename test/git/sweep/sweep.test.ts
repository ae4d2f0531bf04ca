import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { emptyRecord } from '../../../src/plan/empty-record.ts';
import type { LockRecord, TaskRecord } from '../../../src/plan/record.ts';
import { writeGateNote } from '../../../src/run/land/gate-note.ts';
import type { Project } from '../../../src/run/project/project.ts';
import { openRunFolder, readRunFacts } from '../../../src/run/project/run-folder.ts';
import { sweep } from '../../../src/run/sweep/sweep.ts';
import type { SweepOptions } from '../../../src/run/sweep/sweeping.ts';
import { taskRef } from '../../../src/store/records/task-ref.ts';
import { realRandom } from '../../../src/system/random.ts';
import { editTask } from '../../../src/task/edit.ts';
import { taskKey } from '../../../src/task/id.ts';
import { BRANCH, FILES, openTestProject } from '../worktree/open-test-project.ts';

const ALL: SweepOptions = { dryRun: false, discard: null };
const FILE = 'backlog/A1-list-things.md';
const children: ReturnType<typeof spawn>[] = [];
/** Fresh for each test: a sweep ends every process of this machine whose ROTA_RUN names the run. */
let run = '';

beforeEach(() => {
  run = realRandom().id();
});

afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

/** A pid with a start time that no process has. */
const DEAD = { pid: 2 ** 22 - 5, started: '1' };

function lockOf(project: Project, more: Partial<LockRecord> = {}): LockRecord {
  const { id, host, boot, pidNamespace } = project.system.machine;
  return {
    ...{ run, role: 'developer', by: 'pat@example', host, machine: id, pidNamespace, boot, ...DEAD },
    ...{ pgid: null, branch: BRANCH, since: '2026-11-20T11:03:23Z', ...more },
  };
}

async function hold(
  project: Project,
  record: Partial<TaskRecord> & { lock: LockRecord | null },
  task = 'A1',
): Promise<string> {
  const ref = taskRef(taskKey(task));
  const from = (await project.refs.read()).tasks.get(taskKey(task)) ?? null;
  const to = await project.records.write({ ...emptyRecord(task), ...record }, { previous: from });
  expect((await project.refs.swap([{ ref, from, to }])).kind).toBe('swapped');
  return to;
}

async function recordNow(project: Project, task = 'A1'): Promise<TaskRecord | null> {
  const token = (await project.refs.read()).tasks.get(taskKey(task));
  return token === undefined ? null : (await project.records.readOne(token)).record;
}

/** A worker that died: lock, lock block on main, worktree with work that is not committed, run folder. */
async function deadRun(more: Partial<LockRecord> = {}) {
  const at = await openTestProject();
  const { project, repo } = at;
  const lock = lockOf(project, more);
  const block = { run, role: 'developer', by: lock.by, since: lock.since, branch: BRANCH };
  repo.commit('chore(backlog): takes', { [FILE]: editTask(repo.read(FILE), { lock: block }) });
  await hold(project, { lock, publish: at.main() });
  const folder = await openRunFolder(project.system, project.repository, {
    run,
    role: 'developer',
    task: 'A1',
    branch: BRANCH,
  });
  const made = await at.make(run);
  await folder.note({
    worktree: made.path,
    adminDir: made.adminDir,
    base: made.base,
    pid: lock.pid,
    started: lock.started,
  });
  writeFileSync(join(made.path, 'src/a.txt'), 'work of the dead\n');
  return { ...at, made, lock };
}

test('a dead lock: work is committed, the lock and its block go, the task is free; the second sweep finds nothing', async () => {
  const { project, repo, made, main, events } = await deadRun();
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
  const { project, made, repo } = await deadRun();
  const script = `trap '' TERM; while :; do echo alive >> ${join(made.path, 'agent.txt')}; sleep 0.02; done`;
  const agent = spawn('sh', ['-c', script], {
    env: { PATH: process.env['PATH'], ROTA_RUN: `OUTER:${run}` },
    detached: true,
    stdio: 'ignore',
  });
  children.push(agent);
  const ended = new Promise((done) => agent.on('exit', done));
  await until(() => existsSync(join(made.path, 'agent.txt')));
  expect((await sweep(project, ALL)).freed).toHaveLength(1);
  await ended;
  expect(repo.git('show', `${BRANCH}:agent.txt`)).toContain('alive');
  expect(repo.git('-C', made.path, 'status', '--porcelain')).toBe('');
});

test('a lock of another machine is freed only after it stood still for 15 min of watching', async () => {
  const { project, repo } = await openTestProject();
  await hold(project, { lock: lockOf(project, { machine: 'other', host: 'other' }) });
  let now = 1_000_000;
  const system = { ...project.system, clock: { ...project.system.clock, monotonic: () => now } };
  const watching = { ...project, system };
  expect((await sweep(watching, ALL)).freed).toEqual([]);
  now += 14 * 60_000;
  expect((await sweep(watching, ALL)).freed).toEqual([]);
  now += 60_000;
  expect((await sweep(watching, { ...ALL, only: 'this-machine' })).freed).toEqual([]);
  await hold(project, { lock: lockOf(project, { machine: 'other', host: 'other' }) });
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
  await hold(project, { lock: lockOf(project), state: 'reserved' }, 'A9');
  expect((await sweep(project, ALL)).freed).toMatchObject([{ task: 'A9' }]);
  expect(await recordNow(project, 'A9')).toBeNull();
});

test('a record that a newer rota wrote is left alone', async () => {
  const { project, repo } = await openTestProject();
  repo.git('update-ref', taskRef(taskKey('A1')), repo.git('rev-parse', 'main'));
  expect((await sweep(project, ALL)).freed).toEqual([]);
  expect(repo.git('rev-parse', taskRef(taskKey('A1')))).toBe(repo.git('rev-parse', 'main'));
});

test('a worktree folder that a person deleted is forgotten', async () => {
  const { project, repo, made } = await deadRun();
  repo.git('-C', made.path, 'commit', '-qam', 'feat: work');
  rmSync(made.path, { recursive: true });
  expect((await sweep(project, ALL)).removed).toMatchObject([
    { task: 'A1', reason: expect.stringContaining('deleted by hand') },
  ]);
  expect(repo.git('worktree', 'list').split('\n')).toHaveLength(1);
  expect(repo.git('show', `${BRANCH}:src/a.txt`)).toBe('work of the dead');
});

test('--discard gives up what nobody landed; the branch stays', async () => {
  const { project, repo, made } = await deadRun();
  await sweep(project, ALL);
  writeFileSync(join(made.path, 'src/b.txt'), 'not committed\n');
  const report = await sweep(project, { ...ALL, discard: taskKey('A1') });
  expect(report.removed).toMatchObject([{ task: 'A1', worktree: made.path }]);
  expect(report.rescued).toMatchObject([
    { task: 'A1', rescue: expect.stringContaining('refs/rota/rescue/A1/') },
  ]);
  expect(repo.git('show', `${report.rescued[0]!.rescue}:src/b.txt`)).toBe('not committed');
  expect(repo.git('branch', '--list', 'ai/*')).toContain(BRANCH);
});

test('a removal that died half-way is put back, then done', async () => {
  const { project, made } = await deadRun();
  writeFileSync(join(made.path, 'src/a.txt'), 'a\n');
  const { files } = project.system;
  const death = new Error('death');
  const dying = {
    ...project,
    system: {
      ...project.system,
      files: {
        ...files,
        removeTree: async (path: string) => {
          if (path === made.adminDir) throw death;
          await files.removeTree(path);
        },
      },
    },
  };
  await expect(sweep(dying, ALL)).rejects.toBe(death);
  expect(existsSync(made.path)).toBe(false);
  const trash = join(project.worktrees, '.trash');
  const [name] = readdirSync(trash);
  await files.rename(join(trash, name!), join(trash, name!.replace(/_\d+_\d+_/, `_${DEAD.pid}_1_`)));
  const healing = await sweep(project, ALL);
  const removed = [...healing.removed, ...(await sweep(project, ALL)).removed];
  expect(removed).toMatchObject([{ task: 'A1' }]);
  expect(existsSync(made.adminDir)).toBe(false);
});

test('a dry run writes nothing and says what it would do', async () => {
  const { project, repo } = await deadRun();
  await openRunFolder(project.system, project.repository, {
    run: 'OLD',
    role: 'developer',
    task: 'A1',
    branch: BRANCH,
  });
  const before = hashOf(repo.root);
  const report = await sweep(project, { ...ALL, dryRun: true });
  expect(report.freed).toMatchObject([{ task: 'A1', reason: expect.stringContaining('would be freed') }]);
  expect(hashOf(repo.root)).toBe(before);
});

/** Work that was gated on main as it is, and could not land then. */
async function waitingWork() {
  const at = await openTestProject();
  const { project, repo, main } = at;
  const made = await at.make(run);
  writeFileSync(join(made.path, 'src/new.txt'), 'work\n');
  repo.git('-C', made.path, 'add', '-A');
  repo.git('-C', made.path, 'commit', '-qm', 'feat(A1): work');
  const tip = repo.git('rev-parse', BRANCH);
  const tree = repo.git('rev-parse', `${tip}^{tree}`);
  const trailers = `Task: A1\nRole: developer\nRun: ${run}\nBranch: ${BRANCH}\nAgent: mine\nGate: none\nGated: ${tree}`;
  const message = `feat(A1): list things\n\n${trailers}\n`;
  const commit = repo.git('commit-tree', tree, '-p', main(), '-p', tip, '-m', message);
  await writeGateNote(project, { task: taskKey('A1'), commit, base: main() });
  const waiting = { commit, base: main(), reason: 'a file is in the way', since: '2026-11-20T11:03:23Z' };
  await hold(project, { lock: null, state: 'waiting', waiting });
  return { ...at, made };
}

test('gated work that waited lands when only the backlog moved, and its worktree and branch go', async () => {
  const { project, repo, made } = await waitingWork();
  repo.commit('docs: another task', { 'backlog/A2-more.md': '---\nid: A2\ntitle: More\n---\n' });
  expect((await sweep(project, { ...ALL, dryRun: true })).landed).toMatchObject([{ task: 'A1' }]);
  const report = await sweep(project, ALL);
  expect(report.kept).toEqual([]);
  expect(report.landed).toMatchObject([{ task: 'A1', branch: BRANCH }]);
  expect(report.removed).toMatchObject([{ task: 'A1', worktree: made.path }]);
  expect(repo.git('show', 'main:src/new.txt')).toBe('work');
  expect(repo.git('show', `main:${FILE}`)).toContain('status: done');
  expect(repo.git('for-each-ref', '--format=%(refname)', 'refs/rota', 'refs/heads/ai')).toBe('');
});

test('gated work that waited stays when other files moved', async () => {
  const { project, repo } = await waitingWork();
  repo.commit('feat: elsewhere', { 'src/b.txt': 'b2\n' });
  const report = await sweep(project, ALL);
  expect(report.landed).toEqual([]);
  expect(report.kept.map(({ reason }) => reason)).toContainEqual(
    expect.stringContaining('the next run gates it again'),
  );
});

test('four sweeping processes at once free a dead lock once', async () => {
  const { repo, project } = await deadRun();
  const ran = await Promise.all([1, 2, 3, 4].map(() => repo.rota(['sweep', '--json'])));
  expect(ran.map(({ code, stderr }) => (code === 0 ? 0 : stderr))).toEqual([0, 0, 0, 0]);
  const freed = ran.flatMap(({ stdout }) => JSON.parse(stdout).freed as { reason: string }[]);
  expect(freed.filter(({ reason }) => reason.includes('died'))).toHaveLength(1);
  expect((await recordNow(project))?.log).toHaveLength(1);
  expect(repo.git('log', '--format=%s', `main..${BRANCH}`)).toBe(
    'chore(A1): keep the work of a run that died',
  );
  expect(repo.git('status', '--porcelain')).toBe('');
  expect(repo.read(FILE)).toBe(FILES[FILE]);
});

test('four sweeping processes at once remove a worktree once and lose nothing', async () => {
  const { repo, made } = await deadRun();
  writeFileSync(join(made.path, 'src/a.txt'), 'a\n');
  writeFileSync(join(made.path, 'small.log'), 'kept\n');
  const ran = await Promise.all([1, 2, 3, 4].map(() => repo.rota(['sweep', '--json'])));
  expect(ran.map(({ code, stderr }) => (code === 0 ? 0 : stderr))).toEqual([0, 0, 0, 0]);
  expect(ran.flatMap(({ stdout }) => JSON.parse(stdout).removed)).toHaveLength(1);
  const rescued = repo.git('for-each-ref', '--format=%(refname)', 'refs/rota/rescue');
  expect(repo.git('show', `${rescued.split('\n')[0]}:small.log`)).toBe('kept');
  expect(existsSync(made.path)).toBe(false);
});

function startOf(pid: number): string {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((done) => setTimeout(done, 5));
}

/** Of every file below a folder, names and modes included. */
function hashOf(folder: string): string {
  const hash = createHash('sha256');
  const visit = (path: string): void => {
    for (const name of readdirSync(path).toSorted()) {
      const inside = join(path, name);
      const stat = statSync(inside, { throwIfNoEntry: false });
      hash.update(`${inside} ${stat?.mode}\n`);
      if (stat?.isDirectory()) visit(inside);
      else if (stat !== undefined) hash.update(readFileSync(inside));
    }
  };
  visit(folder);
  return hash.digest('hex');
}
