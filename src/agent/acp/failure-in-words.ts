import type { AgentFailure } from '../../plan/agent-failure.ts';
import { failureOf } from '../presets/failure-of.ts';

/**
 * What an agent's words about its model's server mean. Over the protocol there is often nothing but words: the status, if there is
 * one, is among them. Null: they tell nothing.
 *
 * @param status as far as it was told apart
 */
export function failureInWords(words: string, status: number | null = null): AgentFailure | null {
  const kind = /\b(?:requests|tokens) per (?:minute|second)\b/i.test(words)
    ? 'rate-limited'
    : /too large to compact|context exceeds/i.test(words)
      ? 'context-exhausted'
      : // The words of node's own client for a connection that was cut.
        /^terminated$/.test(words)
        ? 'outage'
        : null;
  if (kind !== null)
    return { kind, message: words, retryAfter: failureOf(status, words)?.retryAfter ?? null };
  return failureOf(status ?? statusIn(words), words);
}

function statusIn(words: string): number | null {
  const found = /\b(?:status|statusCode|code)\b["':= ]{1,4}([45]\d\d)\b/i.exec(words);
  return found === null ? null : Number(found[1]);
}
