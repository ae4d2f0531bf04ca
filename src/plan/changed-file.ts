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
  /** What a binary file has now, as text in which words can be looked for; null for a text, and when it was not read. */
  readonly newBinary: string | null;
  /** Bytes; null when there is no such side, and for a submodule. */
  readonly oldSize: number | null;
  readonly newSize: number | null;
  /** Lines as git counts them; null for a binary file. */
  readonly added: number | null;
  readonly removed: number | null;
  /** Whether the new side is too large to be looked into. */
  readonly unread: boolean;
}

/** Something that a branch changed and its role may not. */
export interface ContractFinding {
  /** `held`: a person may accept it. `refused`: nobody may want it. */
  readonly severity: 'held' | 'refused';
  /** `.` when it is about the branch as a whole. */
  readonly path: string;
  /** kebab-case name of the rule. */
  readonly rule: string;
  readonly message: string;
}

export const SYMLINK = '120000';
export const GITLINK = '160000';
