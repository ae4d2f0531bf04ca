import { join } from 'node:path';
import type { LockRecord } from '../../../src/plan/record.ts';
import type { Project } from '../../../src/run/project/project.ts';

/** A pid that no process has, and a start time that none had. */
export const GONE = { pid: 2 ** 22 - 5, started: '1' };
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

/** A worker that took a task and died. */
export interface DeadWorker {
  readonly n: number;
  readonly task: string;
  readonly file: string;
  readonly branch: string;
  readonly run: string;
  readonly path: string;
  /** Null: no worktree was made. */
  readonly left: Left | null;
}

/** The worker of the task at a place in the list; the first `worktrees` of them left one. */
export function workerOf(project: Project, at: number, worktrees: number): DeadWorker {
  const n = at + 1;
  const branch = `ai/developer/A${n}-task`;
  return {
    ...{ n, task: `A${n}`, file: fileOf(n), branch, path: join(project.worktrees, branch) },
    run: project.system.random.id(),
    left: at < worktrees ? LEFT[at % LEFT.length]! : null,
  };
}

/** The file of a task. */
export function fileOf(n: number): string {
  return `backlog/A${n}-task.md`;
}

/** The lock that it had. */
export function lockOf({ system }: Project, { run, branch }: DeadWorker): LockRecord {
  const { id, host, boot, pidNamespace } = system.machine;
  return {
    ...{ run, role: 'developer', by: 'pat@example', host, machine: id, pidNamespace, boot, ...GONE },
    ...{ pgid: null, branch, since: '2026-11-20T11:03:23Z' },
  };
}

/** Whether its branch is on the remote, if there is one. */
export function isPushed({ left, n }: DeadWorker): boolean {
  return left === 'landed' || (left === 'committed' && n % 16 < 8);
}
