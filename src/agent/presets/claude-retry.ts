import { numberAt, textAt, tokensAt } from './json-fields.ts';

/** That claude asks its model's server again. */
export interface ClaudeRetry {
  /** Of the answer before; null: there was none. */
  readonly status: number | null;
  readonly words: string;
  /** Milliseconds until then. */
  readonly delay: number | null;
  /** For people. */
  readonly detail: string;
}

/** The kinds of its own errors, as an answer of a server would have put them. */
export const CLAUDE_STATUS: Readonly<Record<string, number>> = {
  authentication_failed: 401,
  oauth_org_not_allowed: 403,
  billing_error: 402,
  rate_limit: 429,
  server_error: 500,
  overloaded: 529,
};

/** Null: the message of claude's own is about something else. */
export function claudeRetry(message: unknown): ClaudeRetry | null {
  if (textAt(message, 'type') !== 'system' || textAt(message, 'subtype') !== 'api_retry') return null;
  const error = textAt(message, 'error');
  const status = numberAt(message, 'error_status') ?? CLAUDE_STATUS[error] ?? null;
  const delay = numberAt(message, 'retry_delay_ms');
  const words = `${error.replaceAll('_', ' ')}${status === null ? '' : ` (${status})`}`;
  const attempt = `attempt ${tokensAt(message, 'attempt')} of ${tokensAt(message, 'max_retries')}`;
  return { status, words, delay, detail: `${words}: ${attempt}, in ${Math.round((delay ?? 0) / 1000)} s` };
}
