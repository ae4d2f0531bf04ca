import type { AgentFailure } from './agent-failure.ts';

/** How the agent's process ended. */
export type AgentEnd =
  | { readonly kind: 'exit'; readonly code: number }
  /** Killed by a signal that rota did not send. */
  | { readonly kind: 'signal'; readonly signal: string }
  /** It could not be started. */
  | { readonly kind: 'not-started'; readonly reason: string }
  | { readonly kind: 'timed-out' }
  | { readonly kind: 'stalled' }
  /** Rota was told to stop. */
  | { readonly kind: 'interrupted'; readonly signal: string };

/** What the agent wrote to `$ROTA_RESULT`. */
export type AgentResult =
  | { readonly kind: 'missing' }
  | { readonly kind: 'malformed'; readonly reason: string }
  | {
      readonly kind: 'result';
      readonly outcome: 'done' | 'partial' | 'blocked';
      readonly summary: string | null;
      readonly question: string | null;
      readonly criteria: readonly { readonly text: string; readonly met: boolean }[];
    };

export interface AdoptInput {
  /** As rota.yaml calls it. */
  readonly agent: string;
  readonly end: AgentEnd;
  /** Why its client could not work, as far as that is known. */
  readonly failure: AgentFailure | null;
  readonly result: AgentResult;
  /** Whether the branch differs from its base, or the result proposes tasks. */
  readonly changed: boolean;
  readonly requirement: 'required' | 'optional';
  /** Standing work (`repeat`) may be done without a change: "nothing found" is an answer. */
  readonly standing: boolean;
}

export interface Adopted {
  /** `done`: on to the gate. The others end the run as the outcome of that name. */
  readonly outcome: 'done' | 'partial' | 'blocked' | 'failed' | 'timed-out' | 'stalled' | 'interrupted';
  readonly reason: string;
  /** For `blocked`: what a person has to answer; null when nothing was asked. */
  readonly question: string | null;
  /** Work is there and its context is full: a new session could go on with it. */
  readonly again: boolean;
}
