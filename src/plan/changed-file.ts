/** One path that a branch changes against its base. Modes are git's: `100644`, `100755`, `120000`, `160000`. */
export interface ChangedFile {
  readonly path: string;
  readonly status: 'added' | 'modified' | 'deleted' | 'renamed';
  /** Where a renamed file was before; null for the others. */
  readonly from: string | null;
  /** Null for an added file. */
  readonly oldMode: string | null;
  /** Null for a deleted file. */
  readonly newMode: string | null;
  /** Null when there was none, or when it is binary or too large to be read. */
  readonly oldText: string | null;
  /** As `oldText`; for a symbolic link its target. */
  readonly newText: string | null;
}

/** Something that a branch changed and its role may not. */
export interface ContractFinding {
  /** `held`: a person may accept it. `refused`: nobody may want it. */
  readonly severity: 'held' | 'refused';
  readonly path: string;
  /** kebab-case name of the rule. */
  readonly rule: string;
  readonly message: string;
}

export const SYMLINK = '120000';
export const GITLINK = '160000';
