import type { AgentActivity, Usage } from '../events.ts';
import type { ProgramStart } from '../isolate/none.ts';
import type { AgentFailure } from '../plan/agent-failure.ts';

/**
 * A program that edits code. Rota depends on nothing but this: other kinds of agents are other implementations. What an
 * agent says about its success proves nothing; its commits, the diff and the gate do.
 */
export interface Agent {
  /** As rota.yaml calls it. */
  readonly name: string;
  /** For the `Agent:` trailer: one line, without the prompt. */
  readonly description: string;
  /** Its files below HOME without which it is not logged in; all that an isolated one sees of HOME. */
  readonly login: readonly string[];
  /** One turn: a prompt in, an end out. Nothing that the agent started is alive afterwards. */
  turn(turn: AgentTurn): Promise<AgentEnd>;
}

export interface AgentTurn {
  readonly run: string;
  /** The session of an earlier turn to go on in (AgentEnd.session); null: a new one. */
  readonly session: string | null;
  readonly prompt: string;
  /** The same prompt as a file. */
  readonly promptFile: string;
  /** Where the agent is told to write its result. */
  readonly resultFile: string;
  readonly worktree: string;
  /** Complete environment (isolate/agent-environment.ts). */
  readonly env: Readonly<Record<string, string>>;
  /** US dollars that this turn may cost, for clients that hold themselves to that; null: rota holds it to nothing in dollars. */
  readonly mostUsd?: number | null;
  /** Milliseconds. */
  readonly timeLimit: number;
  /** Milliseconds without output and without a change to a file in the worktree. */
  readonly stallLimit: number;
  /** Where its output goes; bounded. */
  readonly outputFile: string;
  readonly stop: AbortSignal;
  /** The client's program as it is really started: inside its isolation. */
  wrap(start: ProgramStart): ProgramStart;
  /** Whether the role's contract lets it change this path, from the repository's root. */
  mayEdit(path: string): boolean;
  /** What it does, as soon as it is known. Must not throw. */
  onActivity(activity: AgentActivity): void;
  /** Called once the agent runs, with its pid, which is its process group. The turn fails if this fails. */
  onStarted(pid: number): void | Promise<void>;
}

interface Ended {
  readonly seconds: number;
  /** The end of its output, at most 64 KiB; untrusted, may hold control characters. */
  readonly tail: string;
  /** Processes of the agent that could not be ended (an uninterruptible wait); normally empty. */
  readonly survivors: readonly number[];
  /** What another turn can go on in; null: the client cannot. */
  readonly session: string | null;
  /** Null: the client does not count. */
  readonly usage: Usage | null;
  /** Why it could not work, where rota can tell; an exit code alone is none. */
  readonly failure: AgentFailure | null;
}

/** How a turn ended. `code` is null when a signal ended the agent. */
export type AgentEnd = Ended &
  (
    | { readonly kind: 'exited'; readonly code: number | null; readonly signal: string | null }
    | { readonly kind: 'timed-out' }
    | { readonly kind: 'stalled' }
    /** The program could not be started. */
    | { readonly kind: 'missing'; readonly reason: string }
    | { readonly kind: 'interrupted' }
  );
