import type { Problem } from '../../errors.ts';
import type { HeldRecord, LockRecord } from '../../plan/record.ts';
import type { LockBlock, Task } from '../../task/task.ts';

/** Who holds a task, as the commands print it. */
export interface LockDocument {
  readonly role: string | null;
  readonly by: string | null;
  readonly host: string | null;
  readonly since: string | null;
  readonly branch: string | null;
  /** Its folder, for a worker of this machine. */
  readonly worktree: string | null;
  /** Null: a person's own lock. */
  readonly run: string | null;
  /** Null: cannot be told from here (another machine, or a person). */
  readonly alive: boolean | null;
}

/** One task of `rota list` and `rota show`. The keys are stable: add, never rename. */
export interface TaskDocument {
  readonly id: string | null;
  readonly title: string | null;
  readonly type: string | null;
  readonly priority: string | null;
  /** As stored in the file. */
  readonly status: string | null;
  readonly role: string | null;
  readonly epic: string | null;
  readonly depends: readonly string[];
  readonly file: string;
  readonly lock: LockDocument | null;
  readonly state: string | null;
  readonly attempts: number;
  readonly reason: string | null;
  /** Address of its pull request, or `branch NAME`. */
  readonly pr: string | null;
  readonly problems: readonly Problem[];
}

/** What is known about one task beside its file. */
export interface TaskFacts {
  readonly held: HeldRecord | null;
  readonly liveness: 'live' | 'dead' | 'unknown';
  readonly problems: readonly Problem[];
  /** The folder of this branch on this machine, if the lock is of this machine. */
  readonly worktreeOf: (lock: LockRecord) => string | null;
}

const NOBODY: LockDocument = {
  role: null,
  by: null,
  host: null,
  since: null,
  branch: null,
  worktree: null,
  run: null,
  alive: null,
};

export function taskDocument(task: Task, facts: TaskFacts): TaskDocument {
  const record = facts.held?.record ?? null;
  return {
    id: task.id,
    title: task.title,
    type: task.type,
    priority: task.priority,
    status: task.status,
    role: task.role,
    epic: task.epic,
    depends: task.depends,
    file: task.file,
    lock: lockOf(task, facts),
    state: record?.state ?? null,
    attempts: record?.attempts ?? 0,
    reason: record?.reason ?? record?.waiting?.reason ?? null,
    pr: record?.pr ?? null,
    problems: facts.problems,
  };
}

/** A file that should be a task and cannot be read: it is listed, never skipped. */
export function malformedDocument(
  file: string,
  id: string | null,
  problems: readonly Problem[],
): TaskDocument {
  return {
    id,
    title: null,
    type: null,
    priority: null,
    status: null,
    role: null,
    epic: null,
    depends: [],
    file,
    lock: null,
    state: null,
    attempts: 0,
    reason: null,
    pr: null,
    problems,
  };
}

/** The document of a record's lock. */
function lockDocument(lock: LockRecord, facts: Pick<TaskFacts, 'liveness' | 'worktreeOf'>): LockDocument {
  return {
    role: lock.role,
    by: lock.by,
    host: lock.host,
    since: lock.since,
    branch: lock.branch,
    worktree: facts.worktreeOf(lock),
    run: lock.run,
    alive: facts.liveness === 'unknown' ? null : facts.liveness === 'live',
  };
}

/** A person's block in the file counts before a worker's lock, which it revokes. A leftover block is no lock. */
function lockOf(task: Task, facts: TaskFacts): LockDocument | null {
  if (task.lock !== null && task.lock.run === null) return personsLock(task.lock);
  if (facts.held === null) return null;
  if (facts.held.record === null) return { ...NOBODY, by: 'a newer version of rota' };
  const { lock } = facts.held.record;
  return lock === null ? null : lockDocument(lock, facts);
}

function personsLock(block: LockBlock): LockDocument {
  return { ...NOBODY, role: block.role, by: block.by, since: block.since, branch: block.branch };
}
