import type { OwnRest } from '../../plan/own-rest.ts';
import type { Liveness } from '../../run/project/liveness.ts';
import type { Snapshot } from '../../run/project/snapshot.ts';
import type { TaskKey } from '../../task/task.ts';

/** All that `rota list` and `rota next` show, gathered. */
export interface Look {
  readonly snapshot: Snapshot;
  /** Tasks that a person edited since rota last saw them. */
  readonly edited: ReadonlySet<TaskKey>;
  /** Gated work that a sweep would land now. */
  readonly landable: ReadonlySet<TaskKey>;
  readonly liveness: ReadonlyMap<TaskKey, Liveness>;
  /** By role; one that is not here takes what it can. */
  readonly rests: ReadonlyMap<string, OwnRest>;
  /** Folder of rota's worktrees, absolute. */
  readonly worktrees: string;
  /** Id of this machine; empty when there is no lock to compare it with. */
  readonly machine: string;
  /** The state was read from a remote: its age is worth a word. */
  readonly remote: boolean;
}
