import type { Role } from '../role/role.ts';
import type { Task, TaskKey } from '../task/task.ts';
import type { OwnRest } from './own-rest.ts';
import type { HeldRecord } from './record.ts';

/** Everything that picking looks at, read at one moment. */
export interface PickFacts {
  /** The role that wants work. */
  readonly role: Role;
  /** All roles of the repository. */
  readonly roles: readonly Role[];
  /** Every task file that could be read, at main's tip. */
  readonly tasks: readonly Task[];
  /** Ids whose file cannot be used (malformed, claimed by two files), each with the reason in words. */
  readonly unusable: ReadonlyMap<TaskKey, string>;
  readonly records: ReadonlyMap<TaskKey, HeldRecord>;
  /** Main's file differs from `of` in the record: a person edited it since rota last saw or wrote it. */
  readonly edited: (key: TaskKey) => boolean;
  /** What is known of the worker that holds the record's lock (judgeLock). */
  readonly liveness: (key: TaskKey) => 'live' | 'dead' | 'unknown';
  /**
   * For a record in state `waiting`: main is still its base, or only the backlog moved, so that the sweep lands it
   * without a run. False: the next run starts at the gate.
   */
  readonly landsBySweep: (key: TaskKey) => boolean;
  /** Why nothing new may be started, in words: as many pull requests are open as there may be. Null: it may. */
  readonly full: string | null;
  readonly paused: { readonly all: boolean; readonly roles: readonly string[] };
  /** What keeps the role from taking work on this machine. */
  readonly rest: OwnRest;
  readonly now: Date;
}
