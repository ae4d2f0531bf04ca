/** What machines are doing with one task: the YAML record behind `refs/rota/tasks/<KEY>`. */
export interface TaskRecord {
  readonly v: 1;
  /** Task id as written in its file. */
  readonly task: string;
  readonly lock: LockRecord | null;
  readonly state: RecordState | null;
  /** Counting attempts so far. */
  readonly attempts: number;
  readonly reason: string | null;
  /** The last 3 attempts, 4 KiB each. */
  readonly notes: readonly AttemptNote[];
  /** ISO date-time before which nobody picks it (backoff). */
  readonly notBefore: string | null;
  readonly pr: string | null;
  readonly waiting: WaitingLanding | null;
  /** What was last proposed as a pull request; it stays while the request is open, and while it is worked on again. */
  readonly proposal: ProposedWork | null;
  /** For what the request last went back to the agent; it stays, so that it does not go back for the same again. */
  readonly returned: ReturnedRequest | null;
  /** The commit on main that shows the lock block; null: not published. */
  readonly publish: string | null;
  /** Hash of the task file without lock, Notes and Log, as rota last saw or wrote it (task/content-hash.ts). */
  readonly of: string | null;
  /** Log lines that the landing moves into the task file. */
  readonly log: readonly string[];
}

export const RECORD_STATES = ['waiting', 'held', 'proposed', 'returned', 'blocked', 'reserved'] as const;
export type RecordState = (typeof RECORD_STATES)[number];

/** Who holds the lock, with all that is needed to prove on the same machine that the holder is dead. */
export interface LockRecord {
  readonly run: string;
  readonly role: string;
  /** user@host for people. */
  readonly by: string;
  readonly host: string;
  readonly machine: string;
  readonly pidNamespace: string;
  readonly boot: string;
  readonly pid: number;
  /** Start time of `pid` in the kernel's own ticks, as text. */
  readonly started: string;
  /** Process group of the agent while one runs; null otherwise. */
  readonly pgid: number | null;
  readonly branch: string;
  readonly since: string;
}

export interface AttemptNote {
  readonly run: string;
  readonly at: string;
  readonly outcome: string;
  readonly text: string;
}

/** A gated commit that could not land yet. */
export interface WaitingLanding {
  /** The gated merge commit. */
  readonly commit: string;
  /** Main at that moment (first parent of `commit`). */
  readonly base: string;
  /** What is in the way, in words. */
  readonly reason: string;
  readonly since: string;
}

/** Gated work on a branch that is, or is about to be, a pull request. */
export interface ProposedWork {
  /** Short name of the branch. */
  readonly branch: string;
  /** Its last commit, in the final form: task done, log, proposed tasks. */
  readonly head: string;
  /** Main that it was gated on; it is in the history of `head`. */
  readonly base: string;
  /** When it was pushed last. */
  readonly since: string;
}

/** What was asked of a pull request when it went back to the agent. Times are the forge's own, as it wrote them. */
export interface ReturnedRequest {
  /** The commit that was looked at. */
  readonly head: string;
  /** When changes were requested last; null: never. */
  readonly review: string | null;
  /** When the newest comment was written that the agent was given; null: none was. */
  readonly comment: string | null;
  /** How often in a row it went back for failing checks alone. */
  readonly checks: number;
}

/** A record as read: its token is the object id of the commit that the ref names. */
export interface HeldRecord {
  readonly token: string;
  /** null: written by a newer rota (`v` > 1), or unreadable; counts as held by somebody. */
  readonly record: TaskRecord | null;
  /** Why `record` is null, in words. */
  readonly problem?: string;
}
