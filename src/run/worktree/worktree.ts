/** A run's own checkout of the repository. */
export interface Worktree {
  readonly path: string;
  /** `<gitDir>/worktrees/N`; remembered, because an agent may replace the worktree's `.git` file. */
  readonly adminDir: string;
  /** Short name. */
  readonly branch: string;
  /** Main when the run started (merged in, if the branch was resumed). */
  readonly base: string;
  /** Tip of the branch when the worktree was ready. */
  readonly tip: string;
  /** The branch was there already, from an earlier run. */
  readonly resumed: boolean;
  /** The run that left the folder as well; null: it is new. */
  readonly leftBy: string | null;
  /** Main was merged into a resumed branch; null: there was nothing to merge. */
  readonly merge: OpenedMerge | null;
}

/** What is needed to look after a worktree whose run is gone. */
export type WorktreePlace = Pick<Worktree, 'path' | 'adminDir' | 'branch'>;

export interface OpenedMerge {
  /** The commit of main that was merged in. */
  readonly commit: string;
  /** Empty: merged and committed. Else the merge is open, and these files hold conflict markers. */
  readonly conflicts: readonly string[];
}

/** The task that a branch `ai/<role>/<ID>-<slug>` is for; a harmless word for any other branch. */
export function taskOfBranch(branch: string): string {
  return (
    /^[A-Z][A-Z0-9]*?-?[0-9]+(?![A-Za-z0-9])/.exec(branch.slice(branch.lastIndexOf('/') + 1))?.[0] ?? 'other'
  );
}
