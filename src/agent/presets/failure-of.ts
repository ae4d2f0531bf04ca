import type { AgentFailure, AgentFailureKind } from '../../plan/agent-failure.ts';

/**
 * What an answer of a model's server means, by its status (null: none is known) and the client's words. Words decide only
 * where servers give one status to several things: 400 and 429 above all. Null: it tells nothing.
 */
export function failureOf(
  status: number | null,
  words: string,
  retryAfter: number | null = null,
): AgentFailure | null {
  const kind = kindOf(status, words);
  return kind === null ? null : { kind, message: words, retryAfter };
}

const CREDIT =
  /credit balance|insufficient[_ ](?:quota|credit|funds|balance)|exceeded your (?:current )?quota|out of (?:credit|extra usage)|billing|payment required|usage limit|spend(?:ing)? limit/i;
const CONTEXT =
  /context[_ ](?:length|window)|prompt is too long|too many (?:input )?tokens|maximum context|input (?:is )?too long|exceeds? the (?:maximum|limit)[^.]{0,40}tokens?|input token count/i;
const RATE = /rate[_ -]?limit|too many requests|resource[_ ]exhausted|\b429\b/i;
const LOGIN =
  /not logged in|please (?:log|sign) ?in|\/login|invalid (?:x-)?api[_ -]?key|incorrect api key|api[_ ]key (?:not valid|is (?:missing|invalid)|not found)|authentication[_ ](?:error|failed)|unauthori[sz]ed|oauth token|missing (?:environment variable|bearer|api key)/i;
const OUTAGE =
  /overloaded|internal server error|bad gateway|service unavailable|gateway time-?out|ECONNREFUSED|ECONNRESET|ENOTFOUND|ETIMEDOUT|EAI_AGAIN|fetch failed|connection (?:error|refused|reset)|error sending request|stream disconnected|socket hang up|unable to connect/i;

function kindOf(status: number | null, words: string): AgentFailureKind | null {
  if (status === 401 || status === 403) return 'not-logged-in';
  if (status === 402) return 'out-of-credit';
  if (status === 413) return 'context-exhausted';
  if (status === 429) return CREDIT.test(words) ? 'out-of-credit' : 'rate-limited';
  if (status !== null && status >= 500) return 'outage';
  if (CREDIT.test(words)) return 'out-of-credit';
  if (CONTEXT.test(words)) return 'context-exhausted';
  if (LOGIN.test(words)) return 'not-logged-in';
  if (RATE.test(words)) return 'rate-limited';
  return OUTAGE.test(words) ? 'outage' : null;
}
