import type { Emit } from '../../events.ts';
import type { BacklogCache } from '../../store/backlog/backlog-cache.ts';
import type { Identity } from '../../store/identity.ts';
import type { MoveMain } from '../../store/move-main.ts';
import type { Neutral } from '../../store/neutral.ts';
import type { RecordStore } from '../../store/records/record-store.ts';
import type { RemoteBranches } from '../../store/refs/branches.ts';
import type { Remote } from '../../store/refs/find-remote.ts';
import type { Repository } from '../../store/repository.ts';
import type { SharedRefs } from '../../store/shared-refs.ts';
import type { System } from '../../system/ports.ts';

/** A repository with rota's doors to it. Holds no facts about tasks: those are read anew as a Snapshot. */
export interface Project {
  readonly system: System;
  readonly repository: Repository;
  readonly neutral: Neutral;
  /** Short name of main. */
  readonly branch: string;
  /** What the shared refs are below on the remote. */
  readonly refsPrefix: string;
  /** Folder of rota's worktrees, absolute. */
  readonly worktrees: string;
  /** Null without a remote. */
  readonly remote: Remote | null;
  /** Rota's branches on the remote; null without one. */
  readonly branches: RemoteBranches | null;
  readonly refs: SharedRefs;
  readonly records: RecordStore;
  readonly moveMain: MoveMain;
  readonly identity: Identity;
  readonly cache: BacklogCache | null;
  readonly emit: Emit;
  /** Drops what rota made for this process. */
  close(): Promise<void>;
}
