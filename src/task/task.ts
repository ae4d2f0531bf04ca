import type { Problem } from '../errors.ts';

export const TASK_TYPES = ['feature', 'bug', 'chore', 'docs', 'test', 'debt', 'epic'] as const;
export const PRIORITIES = ['high', 'medium', 'low'] as const;
/** What is stored in a file. *In progress* and *review* are derived from locks and records, never stored. */
export const STATUSES = ['draft', 'ready', 'done', 'blocked', 'dropped'] as const;

export type TaskType = (typeof TASK_TYPES)[number];
export type Priority = (typeof PRIORITIES)[number];
export type Status = (typeof STATUSES)[number];

/** Canonical form of an id (`A032` -> `A32`): the only form used as a map key or in a ref name. See id.ts. */
export type TaskKey = string & { readonly __key: 'TaskKey' };

/** The `lock:` block in a task's front-matter. Without `run` it is a person's own. Never needed for exclusion. */
export interface LockBlock {
  readonly run: string | null;
  readonly role: string | null;
  readonly by: string | null;
  readonly since: string | null;
  readonly branch: string | null;
}

/** One task as its file's front-matter says it, defaults filled in. The body is read separately, when needed. */
export interface Task {
  /** As written by the person. */
  readonly id: string;
  readonly key: TaskKey;
  /** Path from the repository's root, `/` separated. */
  readonly file: string;
  readonly title: string;
  readonly type: TaskType;
  readonly priority: Priority;
  /** Within a priority; null sorts last. */
  readonly order: number | null;
  readonly status: Status;
  /** Named role, or null: the one role that takes this type. */
  readonly role: string | null;
  readonly epic: string | null;
  readonly depends: readonly string[];
  readonly touches: readonly string[];
  /** Standing work: duration (`7d`) or cron expression. */
  readonly repeat: string | null;
  /** ISO date or date-time, UTC; null: at once. */
  readonly notBefore: string | null;
  readonly lock: LockBlock | null;
}

/** What one file of the backlog turned out to be. */
export type ParsedFile =
  | {
      readonly kind: 'task';
      readonly task: Task;
      /** The line of each key that the file has; for problems that only the whole backlog shows. */
      readonly lines?: Readonly<Record<string, number>>;
    }
  | {
      readonly kind: 'malformed';
      readonly file: string;
      readonly id: string | null;
      readonly problems: readonly Problem[];
    }
  | { readonly kind: 'not-a-task'; readonly file: string };
