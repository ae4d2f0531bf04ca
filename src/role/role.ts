import type { Budget, IsolationKind, Limits } from '../config.ts';
import type { TaskType } from '../task/task.ts';

/** One role: the front-matter is its enforced contract, the body its prompt. */
export interface Role {
  readonly name: string;
  /** Path from the repository's root. */
  readonly file: string;
  readonly takes: { readonly type: readonly TaskType[] };
  /** A name from rota.yaml's agents; null for a role without an agent (sweeper). */
  readonly agent: string | null;
  /** Globs; `!` excludes; later entries win. */
  readonly mayEdit: readonly string[];
  /** Keys of *other* tasks it may change. */
  readonly maySet: readonly string[];
  readonly mayAddTasks: boolean;
  /** Whether tests of main may be gone or skipped after its work. */
  readonly mayDeleteTests: boolean;
  readonly check: string | null;
  /** Milliseconds. */
  readonly timeLimit: number;
  /** Milliseconds without output or file activity. */
  readonly stallLimit: number;
  /** Turns to mend a red gate. */
  readonly fixes: number;
  /** At once over all machines, as far as the records tell; null: no limit. */
  readonly maxWorkers: number | null;
  /** Counting attempts before a task is blocked. */
  readonly attempts: number;
  /** Instead of rota.yaml's. */
  readonly limits: Partial<Limits>;
  readonly result: 'required' | 'optional' | null;
  /** Types of task that land only with a proof. */
  readonly proof: Readonly<Partial<Record<TaskType, 'red-green'>>>;
  readonly isolation: IsolationKind;
  /** Of this role alone, beside rota.yaml's. */
  readonly budget: readonly Budget[];
  /** The markdown body. */
  readonly prompt: string;
}
