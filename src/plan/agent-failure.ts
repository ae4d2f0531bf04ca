/** Why an agent client could not do its work, as its exit code and output tell. */
export const AGENT_FAILURES = [
  /** No or a wrong key: a person has to log in. */
  'not-logged-in',
  'out-of-credit',
  /** Too many requests; it gave up waiting. */
  'rate-limited',
  /** The model's server is down, or not reachable. */
  'outage',
  'context-exhausted',
  /** It was not allowed to use a tool that it needed. */
  'tool-denied',
  /** The model would not do it. */
  'refused',
  /** The session that it was to go on in is not there any more: it did nothing. */
  'session-lost',
  'crashed',
] as const;
export type AgentFailureKind = (typeof AGENT_FAILURES)[number];

export interface AgentFailure {
  readonly kind: AgentFailureKind;
  /** One line in the client's words, without control characters. */
  readonly message: string;
  /** Milliseconds until another try makes sense, if the client or its server said so. */
  readonly retryAfter: number | null;
}
