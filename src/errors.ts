/**
 * Every expected failure of rota. A message says what is wrong and what was expected; the hint says what to do.
 * Anything that is not a RotaError is a bug and is shown with its stack.
 */
export type ErrorCode =
  | 'usage' // a wrong command line
  | 'config' // rota.yaml
  | 'role' // roles/*.md
  | 'task' // backlog/*.md
  | 'not-built' // a documented feature that this version refuses by name
  | 'repository' // not a repository, no commit, main missing, submodules…
  | 'identity' // git does not know who commits
  | 'in-the-way' // main cannot move now; a person's work is in the way
  | 'stale' // lost a race; what was read is no longer true
  | 'remote' // remote unreachable or push rejected
  | 'rewritten' // the remote's main lost commits that it had
  | 'forge' // where pull requests live: gh missing, logged out, offline, nonsense…
  | 'locked' // somebody holds the task
  | 'git' // git failed unexpectedly
  | 'files' // disk full, read-only, permission
  | 'isolation' // this machine cannot isolate as a role asks
  | 'agent'; // agent program missing or broken

const EXIT: Record<ErrorCode, 1 | 2 | 3> = {
  usage: 2,
  config: 2,
  role: 2,
  task: 2,
  'not-built': 2,
  repository: 2,
  identity: 2,
  'in-the-way': 1,
  stale: 1,
  locked: 1,
  remote: 3,
  rewritten: 3,
  forge: 3,
  git: 3,
  files: 3,
  isolation: 3,
  agent: 3,
};

/** An expected failure. `hint` is the next thing a person should do, as a sentence or a command. */
export class RotaError extends Error {
  readonly code: ErrorCode;
  readonly hint: string | null;

  constructor(code: ErrorCode, message: string, hint: string | null = null, options?: ErrorOptions) {
    super(message, options);
    this.name = 'RotaError';
    this.code = code;
    this.hint = hint;
  }

  /** The process exit code that this failure means (DESIGN: 2 for what the caller wrote, 3 for the surroundings). */
  get exit(): 1 | 2 | 3 {
    return EXIT[this.code];
  }
}

/** A defect in a file that a person wrote. Lines count from 1. Collected, never thrown one by one. */
export interface Problem {
  readonly file: string;
  readonly line: number;
  /** kebab-case name of the rule, e.g. `unknown-key`. */
  readonly rule: string;
  /** What is wrong, what was expected, what to do. */
  readonly message: string;
}
