import type { Command } from '../config.ts';
import type { TaskType } from '../task/task.ts';
import type { Role } from './role.ts';

/** Everything that a prompt is made of. All of it was read from main. */
export interface PromptParts {
  /** The files that rota.yaml's `context` names. */
  readonly context: readonly { readonly file: string; readonly text: string }[];
  readonly role: Role;
  readonly task: {
    readonly id: string;
    readonly title: string;
    readonly type: TaskType;
    readonly file: string;
    /** The whole file, front-matter included. */
    readonly text: string;
  };
  /** Of earlier attempts, oldest first. */
  readonly notes: readonly string[];
  /** What the gate said the last time, if that is what is to be mended. */
  readonly failure: string | null;
  /** What could not be merged, in words and with both sides (prompt-turns.ts writes it). */
  readonly conflict: string | null;
  readonly protocol: Protocol;
}

export interface Protocol {
  readonly worktree: string;
  readonly branch: string;
  /** Short name of the protected branch. */
  readonly main: string;
  /** What ROTA_RESULT holds. */
  readonly resultFile: string;
  readonly result: 'required' | 'optional';
  readonly gate: readonly Command[] | 'none';
}
