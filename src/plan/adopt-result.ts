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
  readonly end: AgentEnd;
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
}

/**
 * What an agent's turn amounts to. Exit 0 proves nothing and words prove nothing: `done` only opens the way to the
 * gate, and only for work that is there.
 */
export function decideOutcome(input: AdoptInput): Adopted {
  return (
    endedByForce(input.end) ??
    (input.result.kind === 'result' ? byResult(input, input.result) : byExit(input))
  );
}

function endedByForce(end: AgentEnd): Adopted | null {
  switch (end.kind) {
    case 'exit':
    case 'signal':
      return null;
    case 'not-started':
      return adopted('failed', `the agent could not be started: ${end.reason}`);
    case 'timed-out':
      return adopted('timed-out', 'the time limit was reached');
    case 'stalled':
      return adopted('stalled', 'the stall limit was reached: no output and no file activity');
    case 'interrupted':
      return adopted('interrupted', `stopped by ${end.signal}`);
    default:
      return end satisfies never;
  }
}

function byResult(input: AdoptInput, result: AgentResult & { kind: 'result' }): Adopted {
  const summary = result.summary ?? 'no summary was given';
  if (result.outcome === 'blocked')
    return { outcome: 'blocked', reason: summary, question: result.question ?? result.summary };
  if (result.outcome === 'partial') return adopted('partial', summary);
  const crash = crashOf(input.end);
  if (crash !== null) return adopted('partial', `the result says done, but ${crash}`);
  const unmet = result.criteria.filter((criterion) => !criterion.met).map((criterion) => criterion.text);
  if (unmet.length > 0) return adopted('partial', `the result says done, but not met: ${unmet.join('; ')}`);
  return input.changed || input.standing ? adopted('done', summary) : changedNothing();
}

function byExit({ end, result, changed, requirement, standing }: AdoptInput): Adopted {
  const crash = crashOf(end);
  if (crash !== null) return adopted('failed', crash);
  if (result.kind === 'malformed') return adopted('partial', `the result cannot be read: ${result.reason}`);
  if (requirement === 'required') return adopted('partial', 'the agent wrote no result');
  return changed || standing
    ? adopted('done', 'the agent exited with 0 and wrote no result')
    : changedNothing();
}

function crashOf(end: AgentEnd): string | null {
  if (end.kind === 'signal') return `the agent was killed by ${end.signal}`;
  return end.kind === 'exit' && end.code !== 0 ? `the agent exited with ${end.code}` : null;
}

function changedNothing(): Adopted {
  return adopted('blocked', 'the agent changed nothing');
}

function adopted(outcome: Adopted['outcome'], reason: string): Adopted {
  return { outcome, reason, question: null };
}
