import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { emptyRecord } from '../../../src/plan/empty-record.ts';
import type { TaskRecord } from '../../../src/plan/record.ts';
import type { Project } from '../../../src/run/project/project.ts';
import { openRunFolder } from '../../../src/run/project/run-folder.ts';
import { makeWorktree } from '../../../src/run/worktree/make-worktree.ts';
import { encodeRecord } from '../../../src/store/records/encode.ts';
import { editTask } from '../../../src/task/edit.ts';
import { type DeadWorker, GONE, isPushed, lockOf } from './dead-worker.ts';
import { write } from './write.ts';

type Git = (...args: string[]) => string;

/** The lock blocks that claims had put onto main. */
export function showLocks(root: string, project: Project, workers: readonly DeadWorker[], git: Git): void {
  for (const worker of workers) {
    const { run, role, by, since, branch } = lockOf(project, worker);
    const path = join(root, worker.file);
    if (worker.left !== 'over')
      writeFileSync(path, editTask(readFileSync(path, 'utf8'), { lock: { run, role, by, since, branch } }));
  }
  git('commit', '-q', '-a', '-m', 'chore(backlog): developer takes them all [skip ci]');
}

/** Its run folder, and what it left in its worktree. */
export async function leaveRun(project: Project, worker: DeadWorker, tip: string, git: Git): Promise<void> {
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
export function landSome(workers: readonly DeadWorker[], git: Git): void {
  const landed = workers.filter(({ left }) => left === 'landed');
  for (const { branch, task, run } of landed) {
    const message = `feat(${task}): work\n\nTask: ${task}\nRole: developer\nRun: ${run}\nBranch: ${branch}\nGate: none`;
    git('merge', '-q', '--no-ff', '-m', message, branch);
  }
}

/** What claims and earlier attempts had put onto the refs of the tasks. */
export function writeRecords(
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

/** Main, records and the branches of half of the committed work are on the remote; nothing of rota's is here. */
export function shareAll(workers: readonly DeadWorker[], git: Git): void {
  git('push', '-q', 'origin', 'main', 'refs/rota/tasks/*:refs/rota/tasks/*');
  const pushed = workers.filter(isPushed).map(({ branch }) => `refs/heads/${branch}`);
  if (pushed.length > 0) git('push', '-q', 'origin', ...pushed);
  const lines = git('for-each-ref', '--format=delete %(refname)', 'refs/rota/tasks');
  execFileSync('git', ['update-ref', '--stdin'], {
    cwd: git('rev-parse', '--show-toplevel'),
    input: `${lines}\n`,
  });
}
