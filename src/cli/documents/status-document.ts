import { join } from 'node:path';
import type { Problem } from '../../errors.ts';
import { activePause } from '../../plan/streak.ts';
import { checkFiles } from '../../run/backlog/check-files.ts';
import { readWrittenFilesAt } from '../../run/backlog/read-written-files.ts';
import { readUnhandedTasks, type UnhandedTask } from '../../run/backlog/unhanded-tasks.ts';
import type { Project } from '../../run/project/project.ts';
import { readRepositoryLimits } from '../../run/project/repository-limits.ts';
import type { Snapshot } from '../../run/project/snapshot.ts';
import { requestTask } from '../../run/propose/request-task.ts';
import { readStreaks } from '../../run/streak/streak-store.ts';
import { type Checkout, listCheckouts } from '../../store/home/checkouts.ts';
import { STATUSES, type Status } from '../../task/task.ts';
import { readRowFacts } from './row-facts.ts';
import type { LockDocument } from './task-document.ts';
import { type RowFacts, rowOfTask, type TaskRow, taskRows } from './task-rows.ts';

/** `rota status --json`. The keys are stable: add, never rename. */
export interface StatusDocument {
  readonly branch: string;
  readonly remote: string | null;
  /** Main's tip, which workers read. */
  readonly head: string;
  /** Null: nothing is paused. */
  readonly paused: { readonly all: boolean; readonly roles: readonly string[] } | null;
  /** Roles that take nothing by themselves on this machine, because their runs did not land. */
  readonly selfPaused: readonly SelfPausedDocument[];
  readonly tasks: Readonly<Record<Status, number>>;
  readonly workers: readonly WorkerDocument[];
  readonly waiting: readonly StoppedDocument[];
  readonly held: readonly StoppedDocument[];
  /** In a pull request that is open. */
  readonly proposed: readonly ProposedDocument[];
  /** Changes were asked for: the next run goes on with it. */
  readonly returned: readonly ProposedDocument[];
  /** Stuck until somebody edits the task or answers. */
  readonly blocked: readonly StoppedDocument[];
  /** Lock blocks in task files whose run is over; the next sweep takes them out. */
  readonly leftover: readonly string[];
  readonly uncommitted: readonly UnhandedTask[];
  readonly unpushed: readonly UnhandedTask[];
  readonly problems: readonly Problem[];
  /** What rota's worktrees and gates are made without: submodules, filters. */
  readonly limits: readonly string[];
  readonly worktrees: readonly WorktreeDocument[];
}

export interface SelfPausedDocument {
  readonly role: string;
  readonly since: string;
  /** When it tries again by itself; null: it does not. */
  readonly until: string | null;
  readonly reason: string;
}

export interface WorkerDocument extends LockDocument {
  readonly task: string;
  readonly title: string;
}

export interface StoppedDocument {
  readonly task: string;
  readonly title: string;
  readonly reason: string | null;
}

export interface ProposedDocument extends StoppedDocument {
  /** Address, or `branch NAME`; null: the forge could not be asked yet. */
  readonly pr: string | null;
}

export interface WorktreeDocument {
  readonly path: string;
  readonly branch: string | null;
  readonly task: string | null;
  /** A worker is in it. */
  readonly busy: boolean;
  readonly missing: boolean;
}

/** Everything that `rota status` tells, read at one moment. */
export async function readStatus(project: Project, snapshot: Snapshot): Promise<StatusDocument> {
  const { system, repository, branch, remote } = project;
  const { view, pause } = snapshot;
  const { integrate } = snapshot.config;
  const question = { repository, main: view.main, branch, remote: remote?.name ?? null, integrate };
  const [facts, unhanded, written, checkouts, limits, streaks] = await Promise.all([
    readRowFacts(project, snapshot),
    readUnhandedTasks(system, question),
    readWrittenFilesAt(system, repository, view.main),
    listCheckouts(system, repository),
    readRepositoryLimits(project, view.main),
    readStreaks(project),
  ]);
  const rows = taskRows(snapshot, facts).filter((row) => row.task !== null);
  const workers = [...rows, ...requestRows(snapshot, facts)].flatMap(workerOf);
  return {
    branch,
    remote: remote?.name ?? null,
    head: view.main,
    paused: pause.all || pause.roles.length > 0 ? { all: pause.all, roles: pause.roles } : null,
    selfPaused: [...streaks].flatMap(([role, streak]) => {
      const own = activePause(streak, system.clock.now());
      return own === null ? [] : [{ role, since: own.since, until: own.until, reason: own.reason }];
    }),
    tasks: countTasks(rows),
    workers,
    waiting: stopped(rows, 'waiting'),
    held: stopped(rows, 'held'),
    proposed: proposed(rows, 'review'),
    returned: proposed(rows, 'returned'),
    blocked: stopped(rows, 'blocked'),
    leftover: rows.filter((row) => isLeftover(row, snapshot)).map(({ document }) => document.id ?? ''),
    ...unhanded,
    problems: checkFiles(written),
    limits,
    worktrees: checkouts
      .filter(isOurs(join(repository.root, snapshot.config.worktrees)))
      .map((one) => worktreeOf(one, workers)),
  };
}

/** Pull requests that somebody works on and that are no task's. */
function requestRows(snapshot: Snapshot, facts: RowFacts): TaskRow[] {
  return [...snapshot.records].flatMap(([key, { record }]) => {
    const number = /^PR-(\d+)$/.exec(key)?.[1];
    if (number === undefined || !record?.lock || snapshot.backlog.byKey.has(key)) return [];
    const task = requestTask({ number: Number(number), title: `pull request ${number}` });
    return [rowOfTask(task, snapshot, facts)];
  });
}

function countTasks(rows: readonly TaskRow[]): Record<Status, number> {
  const counts = Object.fromEntries(STATUSES.map((status) => [status, 0])) as Record<Status, number>;
  for (const { task } of rows) if (task !== null) counts[task.status] += 1;
  return counts;
}

function workerOf({ document }: TaskRow): WorkerDocument[] {
  const { lock, id, title } = document;
  return lock === null ? [] : [{ task: id ?? '', title: title ?? '', ...lock }];
}

function stopped(rows: readonly TaskRow[], wanted: TaskRow['shown']): StoppedDocument[] {
  return rows.flatMap(({ document, shown }) =>
    shown === wanted
      ? [{ task: document.id ?? '', title: document.title ?? '', reason: document.reason }]
      : [],
  );
}

function proposed(rows: readonly TaskRow[], wanted: TaskRow['shown']): ProposedDocument[] {
  return rows.flatMap(({ document, shown }) => {
    const { id, title, reason, pr } = document;
    return shown === wanted ? [{ task: id ?? '', title: title ?? '', reason, pr }] : [];
  });
}

/** The block of what was proposed goes with its request. */
function isLeftover({ task, document }: TaskRow, { records }: Snapshot): boolean {
  const block = task?.lock ?? null;
  if (task === null || block === null || block.run === null) return false;
  return document.lock?.run !== block.run && !records.get(task.key)?.record?.proposal;
}

function isOurs(folder: string): (checkout: Checkout) => boolean {
  return ({ path, first }) => !first && path.startsWith(`${folder}/`);
}

function worktreeOf(
  { path, branch, missing }: Checkout,
  workers: readonly WorkerDocument[],
): WorktreeDocument {
  const short = branch?.replace(/^refs\/heads\//, '') ?? null;
  const holder = workers.find((worker) => worker.branch !== null && worker.branch === short);
  const task = holder?.task ?? /\/([A-Z][A-Z0-9]*-?\d+)(?:-[a-z0-9-]*)?$/.exec(path)?.[1] ?? null;
  return { path, branch: short, task, busy: holder !== undefined && holder.alive !== false, missing };
}
