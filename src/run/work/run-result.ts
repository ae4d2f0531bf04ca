import type { Outcome, Usage } from '../../events.ts';

/** How a run ended: the document of `rota run --json` and `rota land --json`. */
export interface RunResult {
  readonly outcome: Outcome;
  readonly role: string;
  /** Id as written; null when idle. */
  readonly task: string | null;
  readonly run: string;
  readonly branch: string | null;
  /** Path; null when it is gone or never was. */
  readonly worktree: string | null;
  /** The landed commit, or the gated one that waits. */
  readonly commit: string | null;
  readonly pr: string | null;
  readonly reason: string | null;
  readonly gate: readonly {
    readonly name: string;
    readonly passed: boolean;
    readonly seconds: number;
    readonly tests: number | null;
    /** Why it failed; of a proof also what it proved. */
    readonly detail: string | null;
  }[];
  /** What the agent's client counted; null: it does not count. */
  readonly usage: Usage | null;
  readonly seconds: Readonly<Record<Measured, number>>;
}

export const MEASURED = ['claim', 'worktree', 'setup', 'agent', 'gate', 'land'] as const;
export type Measured = (typeof MEASURED)[number];

/** One check of the gate, as documents show it. */
export function gateLine({ name, passed, seconds, tests, detail }: RunResult['gate'][number]) {
  return { name, passed, seconds, tests, detail };
}
