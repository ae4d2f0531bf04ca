import type { Adopted, AdoptInput, AgentEnd, AgentResult } from './adopt-input.ts';
import { judgeFailure, judgeFailureAtLimit } from './judge-failure.ts';

/**
 * What an agent's turn amounts to. Exit 0 proves nothing and words prove nothing: `done` only opens the way to the
 * gate, and only for work that is there.
 */
export function decideOutcome(input: AdoptInput): Adopted {
  const { failure } = input;
  return (
    endedByForce(input) ??
    (failure === null ? null : judgeFailure(input, failure)) ??
    (input.result.kind === 'result' ? byResult(input, input.result) : byExit(input))
  );
}

function endedByForce(input: AdoptInput): Adopted | null {
  const { end, failure } = input;
  const waited = failure === null ? null : judgeFailureAtLimit(input, failure);
  switch (end.kind) {
    case 'exit':
    case 'signal':
      return null;
    case 'not-started':
      return adopted('failed', `the agent could not be started: ${end.reason}`);
    case 'timed-out':
      return waited ?? adopted('timed-out', 'the time limit was reached');
    case 'stalled':
      return waited ?? adopted('stalled', 'the stall limit was reached: no output and no file activity');
    case 'interrupted':
      return adopted('interrupted', `stopped by ${end.signal}`);
    default:
      return end satisfies never;
  }
}

function byResult(input: AdoptInput, result: AgentResult & { kind: 'result' }): Adopted {
  const summary = result.summary ?? 'no summary was given';
  if (result.outcome === 'blocked')
    return { outcome: 'blocked', reason: summary, question: result.question ?? result.summary, again: false };
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
  return { outcome, reason, question: null, again: false };
}
