import type { IsolationKind } from './config.ts';

/** Every way a run can end (docs/protocols.md, outcome table). */
export const OUTCOMES = [
  'landed',
  'proposed',
  'idle',
  'waiting',
  'held',
  'red',
  'conflict',
  'partial',
  'timed-out',
  'stalled',
  'blocked',
  'refused',
  'revoked',
  'main-red',
  'failed',
  'interrupted',
] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** The steps of a run, in order (docs/protocols.md). */
const STEPS = [
  'open',
  'sweep',
  'pick',
  'claim',
  'worktree',
  'setup',
  'agent',
  'result',
  'gate',
  'land',
  'release',
] as const;
export type Step = (typeof STEPS)[number];

/** Tokens and cost as a client counts them itself. */
export interface Usage {
  /** Tokens read, those from a cache included. */
  readonly input: number;
  /** Of `input`, those that came from a cache. */
  readonly cached: number;
  /** Tokens written. */
  readonly output: number;
  /** US dollars; null: the client does not say. */
  readonly usd: number | null;
}

/** One sign of life of an agent client. Texts are untrusted and bounded. */
export type AgentActivity =
  /** It calls a tool: `Bash`, `npm test`. */
  | { readonly kind: 'tool'; readonly name: string; readonly detail: string }
  | { readonly kind: 'edit'; readonly path: string }
  | { readonly kind: 'text'; readonly text: string }
  /** It asked for a permission, and got its answer. */
  | { readonly kind: 'permission'; readonly granted: boolean; readonly detail: string }
  /** It waits for its model: a rate limit, an outage, a retry. */
  | { readonly kind: 'waiting'; readonly detail: string }
  /** Of this turn so far. */
  | { readonly kind: 'usage'; readonly usage: Usage };

/**
 * Everything that happens. Core emits, one place renders (cli/report). Texts may contain what agents or task files wrote:
 * whoever shows them on a terminal strips control characters.
 */
export type RotaEvent =
  | {
      readonly type: 'step';
      readonly step: Step;
      readonly state: 'started' | 'done' | 'skipped' | 'failed';
      readonly detail: string | null;
    }
  /** One gate check or command ended. */
  | {
      readonly type: 'gate';
      readonly name: string;
      readonly passed: boolean;
      readonly seconds: number;
      readonly detail: string | null;
    }
  /** A test failed and then passed in a second run of the same tree; or, without a report, the whole command. */
  | { readonly type: 'flaky'; readonly command: string; readonly test: string }
  /** Something a person should see: a file held aside, tampering, a worktree that was kept. */
  | { readonly type: 'notice'; readonly level: 'info' | 'warning'; readonly message: string }
  /** The agent's turn n ended. */
  | { readonly type: 'turn'; readonly turn: number; readonly ended: string; readonly seconds: number }
  /** What keeps the agent of this run inside its task. */
  | { readonly type: 'isolation'; readonly isolation: IsolationKind; readonly says: string }
  /** What the agent does right now, as far as its output tells. */
  | { readonly type: 'activity'; readonly activity: AgentActivity }
  /** What a sweep did or kept. */
  | {
      readonly type: 'sweep';
      readonly action: 'freed' | 'landed' | 'rescued' | 'removed' | 'kept' | 'followed' | 'healed';
      readonly task: string | null;
      readonly reason: string;
    }
  /** Others were faster at a compare-and-swap, and what was done for it has to be done again. */
  | {
      readonly type: 'race';
      readonly over: 'claim' | 'landing';
      /** What it cost. */
      readonly seconds: number;
      readonly detail: string;
    }
  | { readonly type: 'outcome'; readonly outcome: Outcome; readonly reason: string | null };

/** An event with its origin; `role`, `task` and `run` are null outside a run. */
export interface SentEvent {
  readonly at: Date;
  readonly role: string | null;
  readonly task: string | null;
  readonly run: string | null;
  readonly event: RotaEvent;
}

/** Where events go. Must not throw and not block. */
export type Emit = (event: SentEvent) => void;
