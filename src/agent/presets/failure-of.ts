import type { AgentFailure, AgentFailureKind } from '../../plan/agent-failure.ts';

/**
 * What an answer of a model's server means, by its status (null: none is known) and the client's words. Words decide only
 * where servers give one status to several things: 400 and 429 above all. Null: it tells nothing.
 *
 * @param retryAfter milliseconds, where the server said so; else what the words say
 */
export function failureOf(
  status: number | null,
  words: string,
  retryAfter: number | null = null,
): AgentFailure | null {
  const kind = kindOf(status, words);
  return kind === null ? null : { kind, message: words, retryAfter: retryAfter ?? retryAfterIn(words) };
}

const CREDIT =
  /credit balance|insufficient[_ ](?:quota|credit|funds|balance)|exceeded your current quota|quota exceeded|out of credit|check your plan and billing|payment required|billing (?:error|hard limit)|spend(?:ing)? limit/i;
const CONTEXT =
  /context[_ ](?:length|window)|prompt is too long|too many (?:input )?tokens|maximum context|input (?:is )?too long|exceeds? the (?:maximum|limit)[^.]{0,40}tokens?|input token count/i;
const RATE = /rate[_ -]?limit|too many requests|resource[_ ]exhausted|usage limit|\b429\b/i;
const LOGIN =
  /not logged in|please (?:log|sign) ?in|\/login|invalid (?:x-)?api[_ -]?key|incorrect api key|api[_ ]key (?:not valid|is (?:missing|invalid)|not found)|authentication[_ ](?:error|failed)|unauthori[sz]ed|oauth token|missing (?:environment variable|bearer|api key)/i;
const OUTAGE =
  /overloaded|high demand|internal server error|server[_ ]error|bad gateway|service unavailable|gateway time-?out|ECONNREFUSED|ECONNRESET|ENOTFOUND|ETIMEDOUT|EAI_AGAIN|fetch failed|connection (?:to the api was lost|error|failed|refused|reset)|waiting for network|network error|error sending request|^terminated$|other side closed|ended without|stream ended|stream disconnected|socket hang up|(?:unable to|cannot) connect|connection was closed/i;

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

const UNITS: Readonly<Record<string, number>> = {
  ...{ ms: 1, s: 1000, sec: 1000, m: 60_000, min: 60_000, h: 3_600_000, d: 86_400_000 },
  ...{ second: 1000, minute: 60_000, hour: 3_600_000, day: 86_400_000 },
};
const TIME = /(\d{1,9}(?:\.\d{1,9})?) ?(ms|seconds?|secs?|s|minutes?|mins?|m|hours?|h|days?|d)\b/;

/** `try again in 11.054s`, `retry after 2 hours 3 minutes`; null: it names no time. */
function retryAfterIn(words: string): number | null {
  const rest = /\b(?:try again|retry|retrying|available again|resets?) (?:in|after):? ?(.{1,80})/is.exec(
    words,
  )?.[1];
  const times = new RegExp(`^(?:${TIME.source}[ ,]*(?:and )?)+`, 'i').exec(rest ?? '')?.[0];
  if (times === undefined) return null;
  let sum = 0;
  for (const [, amount, unit] of times.matchAll(new RegExp(TIME, 'gi')))
    sum += Number(amount) * UNITS[unit!.toLowerCase().replace(/(?<=..)s$/, '')]!;
  return Math.round(sum);
}
