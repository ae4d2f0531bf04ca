import type { Problem } from '../../errors.ts';
import type { Task, TaskKey, TaskType } from '../task.ts';

/** A task with the lines of its keys. */
export interface PlacedTask {
  readonly task: Task;
  readonly lines: Readonly<Record<string, number>>;
}

/** What a rule about the whole backlog may look at. */
export interface Backlog {
  /** In the order of their files. */
  readonly tasks: readonly PlacedTask[];
  /** Where an id is there twice, the first. */
  readonly byKey: ReadonlyMap<TaskKey, PlacedTask>;
  /** Ids of files that could not be read: not unknown, but nothing can be said about them. */
  readonly malformed: ReadonlySet<TaskKey>;
  readonly roles: readonly {
    readonly name: string;
    readonly takes: { readonly type: readonly TaskType[] };
  }[];
}

/** One rule: every problem of its kind. */
export type BacklogRule = (backlog: Backlog) => Problem[];

/** A problem at the line of a task's key; at line 1 when the key is not there. */
export function problemAt(placed: PlacedTask, key: string, rule: string, message: string): Problem {
  return { file: placed.task.file, line: placed.lines[key] ?? 1, rule, message };
}
