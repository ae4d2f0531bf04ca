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
  /** What the gate said the last time, if that is what is to be mended (plan/failure-digest.ts). */
  readonly failure: string | null;
  /** What could not be merged, in words and with both sides (prompt-conflict.ts writes it). */
  readonly conflict: string | null;
  readonly protocol: Protocol;
  /** What prompt-fit.ts left out so that the prompt is not too long, in words. */
  readonly leftOut?: readonly string[];
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

/** What one turn is about, before it is rendered: as a whole prompt, or for a session that goes on. */
export interface TurnParts {
  readonly parts: PromptParts;
  /** What to do in this turn beside the task; null: nothing but the task. */
  readonly turn: string | null;
}
