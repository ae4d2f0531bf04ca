import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { emptyRecord } from '../../../src/plan/empty-record.ts';
import type { LockRecord, TaskRecord } from '../../../src/plan/record.ts';
import { openProject } from '../../../src/run/project/open-project.ts';
import type { Project } from '../../../src/run/project/project.ts';
import { openRunFolder } from '../../../src/run/project/run-folder.ts';
import type { SweepReport } from '../../../src/run/sweep/sweep-report.ts';
import { makeWorktree } from '../../../src/run/worktree/make-worktree.ts';
import { encodeRecord } from '../../../src/store/records/encode.ts';
import { realGit } from '../../../src/system/git.ts';
import type { System } from '../../../src/system/ports.ts';
import { realProcesses } from '../../../src/system/processes.ts';
import { realSystem } from '../../../src/system/real-system.ts';
import { editTask } from '../../../src/task/edit.ts';

/** How much died. The first `worktrees` of the locked tasks have one. */
export interface DeadSceneSize {
  readonly locks: number;
  readonly worktrees: number;
  /** A bare repository beside it holds main and the records. */
  readonly remote: boolean;
}

/** A repository in which every worker has died. */
export interface DeadScene {
  readonly root: string;
  readonly env: Readonly<Record<string, string>>;
  readonly system: System;
  git(...args: string[]): string;
  /** Writes a file at home. */
  write(path: string, text: string): void;
  /** What is not as it has to be after one sweep, in words. */
  problemsAfter(report: SweepReport): string[];
}

/** A pid that no process has, and a start time that none had. */
const GONE = { pid: 2 ** 22 - 5, started: '1' };
/** What the dead left in their worktrees, in turn. */
const LEFT = [
  'uncommitted',
  'nothing',
  'ignored',
  'landed',
  'committed',
  'disposable',
  'deleted',
  'over',
] as const;
type Left = (typeof LEFT)[number];

interface DeadWorker {
  readonly n: number;
  readonly task: string;
  readonly file: string;
  readonly branch: string;
  readonly run: string;
  readonly path: string;
  /** Null: no worktree was made. */
  readonly left: Left | null;
}

/** Makes the repository in `folder`, with rota's own functions where these make what is left. */
export async function makeDeadScene(folder: string, size: DeadSceneSize): Promise<DeadScene> {
  const env = environmentIn(folder);
  const root = join(folder, 'repo');
  mkdirSync(root, { recursive: true });
  const git = (...args: string[]) =>
    execFileSync('git', args, { cwd: root, env, encoding: 'utf8', maxBuffer: 1 << 28 }).trimEnd();
  git('init', '-q');
  for (const [path, text] of Object.entries(filesOf(size.locks))) write(join(root, path), text);
  git('add', '-A');
  git('commit', '-q', '-m', 'chore: first');
  if (size.remote) {
    git('init', '-q', '--bare', join(folder, 'remote.git'));
    git('remote', 'add', 'origin', `file://${join(folder, 'remote.git')}`);
    git('push', '-q', 'origin', 'main');
  }
  const system = {
    ...realSystem(),
    git: realGit(realProcesses(), env),
    environment: { variables: env, cwd: root, platform: process.platform, by: 'pat@example' },
  };
  const project = await openProject(system, root, () => undefined, 'write');
  try {
    const workers = Array.from({ length: size.locks }, (_, at) => workerOf(project, at, size.worktrees));
    showLocks(root, project, workers, git);
    const base = git('rev-parse', 'main');
    for (const worker of workers) await leaveRun(project, worker, base, git);
    landSome(workers, git);
    writeRecords(root, env, project, workers, base);
    if (size.remote) shareAll(workers, git);
    return {
      root,
      env,
      system,
      git,
      write: (path, text) => write(join(root, path), text),
      problemsAfter: (report) => problemsAfter(workers, size, report, { root, git }),
    };
  } finally {
    await project.close();
  }
}

function environmentIn(folder: string): Record<string, string> {
  const home = join(folder, 'home');
  mkdirSync(join(home, 'tmp'), { recursive: true });
  writeFileSync(
    join(home, '.gitconfig'),
    '[user]\n\tname = Pat Example\n\temail = pat@example.org\n[init]\n\tdefaultBranch = main\n[gc]\n\tauto = 0\n[maintenance]\n\tauto = false\n',
  );
  return {
    PATH: process.env['PATH'] ?? '/usr/bin:/bin',
    HOME: home,
    USER: 'pat',
    LANG: 'C.UTF-8',
    TMPDIR: join(home, 'tmp'),
    XDG_CACHE_HOME: join(home, '.cache'),
    XDG_CONFIG_HOME: join(home, '.config'),
    GIT_CONFIG_GLOBAL: join(home, '.gitconfig'),
    GIT_CONFIG_NOSYSTEM: '1',
    NO_COLOR: '1',
  };
}

function filesOf(tasks: number): Record<string, string> {
  const role =
    '---\nrole: developer\ntakes: {type: [feature, bug, chore, docs, test, debt]}\nagent: mine\n---\nDo it.\n';
  const files: Record<string, string> = {
    'rota.yaml': "branch: main\ngate: none\ndisposable: [dist]\nagents:\n  mine: {command: ['true']}\n",
    'roles/developer.md': role,
    '.gitignore': '*.log\ndist/\n',
  };
  for (let n = 0; n < 50; n++) files[`src/module-${n}.txt`] = `module ${n}\n`.repeat(40);
  for (let n = 1; n <= tasks; n++)
    files[fileOf(n)] = `---\nid: A${n}\ntitle: Task number ${n}\nstatus: ready\n---\n- [ ] It is done.\n`;
  return files;
}

function fileOf(n: number): string {
  return `backlog/A${n}-task.md`;
}

function workerOf(project: Project, at: number, worktrees: number): DeadWorker {
  const n = at + 1;
  const branch = `ai/developer/A${n}-task`;
  return {
    ...{ n, task: `A${n}`, file: fileOf(n), branch, path: join(project.worktrees, branch) },
    run: project.system.random.id(),
    left: at < worktrees ? LEFT[at % LEFT.length]! : null,
  };
}

/** The lock blocks that claims had put onto main. */
function showLocks(
  root: string,
  project: Project,
  workers: readonly DeadWorker[],
  git: DeadScene['git'],
): void {
  for (const worker of workers) {
    const { run, role, by, since, branch } = lockOf(project, worker);
    const path = join(root, worker.file);
    if (worker.left !== 'over')
      writeFileSync(path, editTask(readFileSync(path, 'utf8'), { lock: { run, role, by, since, branch } }));
  }
  git('commit', '-q', '-a', '-m', 'chore(backlog): developer takes them all [skip ci]');
}

function lockOf({ system }: Project, { run, branch }: DeadWorker): LockRecord {
  const { id, host, boot, pidNamespace } = system.machine;
  return {
    ...{ run, role: 'developer', by: 'pat@example', host, machine: id, pidNamespace, boot, ...GONE },
    ...{ pgid: null, branch, since: '2026-11-20T11:03:23Z' },
  };
}

async function leaveRun(
  project: Project,
  worker: DeadWorker,
  tip: string,
  git: DeadScene['git'],
): Promise<void> {
  const { run, task, branch, path, left } = worker;
  const folder = await openRunFolder(project.system, project.repository, {
    run,
    role: 'developer',
    task,
    branch,
  });
  await folder.note({ base: tip, worktree: path, ...GONE });
  if (left === null) return;
  const made = await makeWorktree(project, { run, branch, path, tip, reason: 'rota: test' });
  await folder.note({ adminDir: made.adminDir });
  if (left === 'over') await folder.note({ outcome: 'red', ended: '2026-11-20T12:00:00Z' });
  const commit = () => git('-C', path, 'commit', '-qam', `feat(${task}): work`);
  if (left === 'uncommitted' || left === 'over') {
    write(join(path, 'src/module-1.txt'), `work on ${task}\n`);
    write(join(path, 'src/new.txt'), `new in ${task}\n`);
  } else if (left === 'ignored') write(join(path, 'found.log'), `seen in ${task}\n`);
  else if (left === 'disposable') write(join(path, 'dist/out.txt'), 'built\n');
  else if (left === 'landed' || left === 'committed') {
    write(join(path, `src/module-${worker.n % 50}.txt`), `work on ${task}\n`);
    commit();
  } else if (left === 'deleted') rmSync(path, { recursive: true });
}

/** As landings whose runs died before they could tidy up. */
function landSome(workers: readonly DeadWorker[], git: DeadScene['git']): void {
  const landed = workers.filter(({ left }) => left === 'landed');
  for (const { branch, task, run } of landed) {
    const message = `feat(${task}): work\n\nTask: ${task}\nRole: developer\nRun: ${run}\nBranch: ${branch}\nGate: none`;
    git('merge', '-q', '--no-ff', '-m', message, branch);
  }
}

/** Some of the tasks had been tried before: their records stay, without the lock. */
function recordOf(project: Project, worker: DeadWorker, publish: string): TaskRecord {
  const text = 'The gate was red.';
  const notes =
    worker.n % 10 === 0
      ? [{ run: 'EARLIER', at: '2026-11-19T08:00:00Z', outcome: 'red' as const, text }]
      : [];
  const record = { ...emptyRecord(worker.task), attempts: notes.length, notes };
  return worker.left === 'over' ? record : { ...record, lock: lockOf(project, worker), publish };
}

function writeRecords(
  root: string,
  env: Record<string, string>,
  project: Project,
  workers: readonly DeadWorker[],
  publish: string,
): void {
  const stream = workers
    .filter((worker) => worker.left !== 'over' || worker.n % 10 === 0)
    .map((worker) => {
      const text = encodeRecord(recordOf(project, worker, publish), project.system.random.id());
      const head = `commit refs/rota/tasks/${worker.task}\ncommitter Pat <pat@example.org> 1700000000 +0000\n`;
      return `${head}data 6\nrecord\nM 100644 inline record.yaml\ndata ${Buffer.byteLength(text)}\n${text}\n`;
    });
  execFileSync('git', ['fast-import', '--quiet'], { cwd: root, env, input: stream.join('') });
}

/** Main, records and the branches of half of the committed work are on the remote; nothing of rota's is here. */
function shareAll(workers: readonly DeadWorker[], git: DeadScene['git']): void {
  git('push', '-q', 'origin', 'main', 'refs/rota/tasks/*:refs/rota/tasks/*');
  const pushed = workers.filter(isPushed).map(({ branch }) => `refs/heads/${branch}`);
  if (pushed.length > 0) git('push', '-q', 'origin', ...pushed);
  const lines = git('for-each-ref', '--format=delete %(refname)', 'refs/rota/tasks');
  execFileSync('git', ['update-ref', '--stdin'], {
    cwd: git('rev-parse', '--show-toplevel'),
    input: `${lines}\n`,
  });
}

function isPushed({ left, n }: DeadWorker): boolean {
  return left === 'landed' || (left === 'committed' && n % 16 < 8);
}

/** Which worktrees have to be there after a sweep: those with work that is nowhere else. */
function isKept(worker: DeadWorker, remote: boolean): boolean {
  if (worker.left === 'committed') return !(remote && isPushed(worker));
  return worker.left === 'uncommitted' || worker.left === 'over';
}

function problemsAfter(
  workers: readonly DeadWorker[],
  { remote }: DeadSceneSize,
  report: SweepReport,
  { root, git }: { root: string; git: DeadScene['git'] },
): string[] {
  const found: string[] = [];
  const check = (fine: boolean, what: string) => {
    if (!fine) found.push(what);
  };
  const locked = workers.filter(({ left }) => left !== 'over');
  const freed = new Set(report.freed.filter(({ reason }) => reason.includes('died')).map(({ task }) => task));
  check(freed.size === locked.length, `${freed.size} of ${locked.length} dead locks were freed`);
  for (const { task } of locked) check(freed.has(task), `${task} is not named as freed`);
  const refs = remote
    ? git('ls-remote', 'origin')
    : git('for-each-ref', '--format=%(objectname)%09%(refname)', 'refs/rota/tasks', 'refs/heads');
  const records = refs.split('\n').filter((line) => line.includes('\trefs/rota/tasks/'));
  if (remote) git('fetch', '-q', 'origin', '+refs/rota/tasks/*:refs/check/*', '+main:refs/check-main');
  for (const line of records) {
    const text = git('show', `${line.split('\t')[0]}:record.yaml`);
    check(/^lock: null$/m.test(text), `${line} still has a lock`);
  }
  const earlier = workers.filter(({ n }) => n % 10 === 0);
  const kept = new Set(records.map((line) => line.slice(line.lastIndexOf('/') + 1)));
  for (const { task } of earlier) check(kept.has(task), `the earlier attempts of ${task} are forgotten`);
  const main = remote ? 'refs/check-main' : 'main';
  const blocks = git('grep', '-l', '-c', '', main, '--', 'backlog').split('\n').length;
  check(blocks === workers.length, `${blocks} of ${workers.length} task files are there`);
  check(!isThere(() => git('grep', '-l', '^lock:', main, '--', 'backlog')), 'lock blocks are left on main');
  const branches = git('for-each-ref', '--format=%(refname:short)', 'refs/heads/ai').split('\n');
  for (const worker of workers.filter(({ left }) => left !== null)) {
    const { task, branch, path, left } = worker;
    const stays = isKept(worker, remote);
    check(
      existsSync(path) === stays,
      `the worktree of ${task} (${left}) ${stays ? 'is gone' : 'is still there'}: ${reasonsOf(report, task)}`,
    );
    const branchStays = left === 'committed' || left === 'uncommitted' || left === 'over';
    check(
      branches.includes(branch) === branchStays,
      `the branch of ${task} (${left}) is not as it should be`,
    );
    if (left === 'uncommitted')
      check(git('show', `${branch}:src/new.txt`) === `new in ${task}`, `${task} lost work`);
    if (left === 'over')
      check(readFileSync(join(path, 'src/new.txt'), 'utf8') === `new in ${task}\n`, `${task} lost work`);
    if (left === 'ignored') {
      const rescue = git('for-each-ref', '--format=%(refname)', `refs/rota/rescue/${task}`);
      check(
        rescue !== '' && git('show', `${rescue}:found.log`) === `seen in ${task}`,
        `${task} was not rescued`,
      );
    }
    // A task that was tried before has a record, which a landing would have deleted: its branch is kept.
    if (remote && left === 'landed' && worker.n % 10 !== 0)
      check(
        !refs.includes(`\trefs/heads/${branch}`),
        `the remote's branch of ${task} has landed and is there`,
      );
  }
  check(git('status', '--porcelain') === '', 'the checkout at home is not clean');
  check(git('fsck', '--no-dangling', '--no-progress', '--connectivity-only') === '', 'git fsck');
  check(
    git('worktree', 'list').split('\n').length ===
      1 + workers.filter((one) => one.left !== null && isKept(one, remote)).length,
    'git lists other worktrees',
  );
  check(!existsSync(join(root, '.worktrees/.trash')), 'something is left in .trash');
  return found;
}

function reasonsOf({ removed, kept }: SweepReport, id: string): string {
  return [...removed, ...kept]
    .filter(({ task }) => task === id)
    .map(({ reason }) => reason)
    .join('; ');
}

function isThere(look: () => string): boolean {
  try {
    return look() !== '';
  } catch {
    return false;
  }
}

function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}
