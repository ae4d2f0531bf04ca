/** One thing that a sweep did or left, as `--json` prints it. */
export interface SweepEntry {
  /** Task id; null when it is about none. */
  readonly task: string | null;
  readonly branch: string | null;
  readonly worktree: string | null;
  readonly reason: string;
  /** The rescue ref that holds what would have been lost. */
  readonly rescue: string | null;
}

export const SWEEP_LISTS = ['freed', 'landed', 'rescued', 'removed', 'kept', 'followed'] as const;
export type SweepList = (typeof SWEEP_LISTS)[number];

/** The document of `rota sweep --json`. */
export type SweepReport = Readonly<Record<SweepList, readonly SweepEntry[]>>;
