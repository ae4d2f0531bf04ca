/** A program as it will be started. */
export interface ProgramStart {
  readonly argv: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
}

/** A program as it is really started: inside what isolates it. */
export type Wrap = (start: ProgramStart) => ProgramStart;

/**
 * `isolation: none`: the agent starts as it is. It gets an environment of its own and a process group of its own, but it can
 * read and write whatever the person can; what it does outside its worktree is detected at best, not prevented.
 */
export function withoutIsolation(start: ProgramStart): ProgramStart {
  return start;
}
