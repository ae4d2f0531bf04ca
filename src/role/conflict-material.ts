/** Everything that an agent is told about a merge that did not work. All of it is data from commits. */
export interface ConflictMaterial {
  readonly files: readonly ConflictedFile[];
  /** What git says, about moved files for example: one line each. */
  readonly said: readonly string[];
  /** Commits that main has and the branch has not, which changed these files; newest first. */
  readonly log: readonly ConflictCommit[];
  /** There are more than `log` has. */
  readonly logCut: boolean;
  /** The commit of main. */
  readonly main: string;
}

/** One path that could not be merged. Null: that version has no such path. */
export interface ConflictedFile {
  readonly file: string;
  /** As both sides had it before they parted. */
  readonly base: FileVersion | null;
  /** As the run's branch has it. */
  readonly branch: FileVersion | null;
  /** As main has it. */
  readonly main: FileVersion | null;
  /** What each side changed in the base, as git shows it; null: not asked, or there is nothing to show. */
  readonly changes: { readonly branch: string; readonly main: string } | null;
}

export interface FileVersion {
  readonly kind: 'file' | 'program' | 'link' | 'submodule';
  /** Bytes; 0 for a submodule. */
  readonly size: number;
  /** The text, a link's target, a submodule's commit. Null: binary, or too large to be shown. */
  readonly text: string | null;
  readonly binary: boolean;
}

export interface ConflictCommit {
  readonly commit: string;
  /** ISO date-time. */
  readonly at: string;
  readonly author: string;
  readonly subject: string;
  /** Id of the task that it landed; null: it is no landing. */
  readonly task: string | null;
  /** Those of the conflicted files that it changed. */
  readonly files: readonly string[];
}
