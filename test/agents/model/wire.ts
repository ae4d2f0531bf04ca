import type { ModelAnswer, ModelRequest, ModelUsage } from './model-turn.ts';

/** Why a server gives no answer. */
export type ApiError = 'unauthorized' | 'credit' | 'rate-limit' | 'server-error' | 'context';

/** What goes over the line: JSON at once, or events one after the other. */
export interface WireAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly json: unknown;
}

/** One way of talking to a model over HTTP. */
export interface Wire {
  readonly name: string;
  /** Null: the path is none of this format's. */
  read(path: string, body: Body): ModelRequest | null;
  /** A whole answer. */
  answer(answer: ModelAnswer, usage: ModelUsage, id: string, model: string): unknown;
  /** The same as server-sent events, each a complete block of text. */
  events(answer: ModelAnswer, usage: ModelUsage, id: string, model: string): readonly string[];
  error(error: ApiError, retryAfter: number): WireAnswer;
}

// biome-ignore lint/suspicious/noExplicitAny: other people's JSON, looked into freely
export type Body = any;
