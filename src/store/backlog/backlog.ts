import type { Problem } from '../../errors.ts';
import type { ParsedFile, Task, TaskKey } from '../../task/task.ts';

/** The backlog at one commit. */
export interface Backlog {
  /** The commit that it was read at. */
  readonly at: string;
  /** Every file below `backlog/` that is or should be a task, sorted by path. */
  readonly files: readonly ParsedFile[];
  /** Every task file that could be read; two of them may have one key (`duplicates`). */
  readonly tasks: readonly Task[];
  /** The first file of each key. */
  readonly byKey: ReadonlyMap<TaskKey, Task>;
  /** Everything that is wrong with single files. */
  readonly problems: readonly Problem[];
  /** Keys that more than one file has, malformed ones included. */
  readonly duplicates: ReadonlySet<TaskKey>;
  /** Keys whose file cannot be used (malformed, or a duplicate), each with the reason in words. */
  readonly unusable: ReadonlyMap<TaskKey, string>;
}
