import type { ApiError } from './wire.ts';

/** How the scripted model's server behaves badly. */
export const FAULTS = [
  /** Wrong key. */
  'unauthorized',
  /** No money left. */
  'credit',
  /** Too many requests. */
  'rate-limit',
  'server-error',
  /** More than the model can read. */
  'context',
  /** Takes the request and never says a word. */
  'silence',
  /** Half an answer, then the connection is gone. */
  'drop',
  /** The model will not do it. */
  'refusal',
  /** The model calls a tool for ever. */
  'loop',
] as const;
export type FaultKind = (typeof FAULTS)[number];

export interface Fault {
  readonly kind: FaultKind;
  /** Good answers before it begins: so that there is work to keep. */
  readonly after: number;
  /** Faulty answers until the server is well again. */
  readonly times: number;
  /** Seconds, for `rate-limit`. */
  readonly retryAfter: number;
}

/** The error that the server answers with; null: it fails in another way. */
export function errorOf(kind: FaultKind): ApiError | null {
  switch (kind) {
    case 'unauthorized':
    case 'credit':
    case 'rate-limit':
    case 'server-error':
    case 'context':
      return kind;
    case 'silence':
    case 'drop':
    case 'refusal':
    case 'loop':
      return null;
    default:
      return kind satisfies never;
  }
}
