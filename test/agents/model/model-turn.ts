/** What the scripted model says next. Its words go to the client as if a real model had said them. */
export type ModelTurn =
  /** The end of its answer to a prompt. */
  | { readonly say: string }
  /** It runs a command with whatever shell tool the client offers. */
  | { readonly shell: string }
  /** It writes a file with the client's own tool for that, or by the shell where there is none. Path from the worktree. */
  | { readonly write: string; readonly text: string }
  /** It calls a tool by name, offered or not. */
  | { readonly tool: string; readonly input: Readonly<Record<string, unknown>> };

/** What the server says that an answer has cost, in the words of src/events.ts. */
export interface ModelUsage {
  /** Those from a cache included. */
  readonly input: number;
  readonly cached: number;
  readonly output: number;
}

/** A request as every wire format says it. */
export interface ModelRequest {
  readonly model: string;
  readonly stream: boolean;
  readonly tools: readonly OfferedTool[];
  /** The last thing that a person, or a tool, said. */
  readonly last: string;
  /** The answer must be JSON of this schema; null: words. */
  readonly schema: JsonSchema | null;
}

export interface OfferedTool {
  readonly name: string;
  readonly schema: JsonSchema;
  /** Its input is text in a grammar, not JSON (codex's `apply_patch`). */
  readonly freeform: boolean;
  /** Null: it stands for itself (OpenAI groups tools). */
  readonly namespace?: string | null;
}

export interface JsonSchema {
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
}

/** An answer without its wire format. */
export type ModelAnswer =
  | { readonly kind: 'text'; readonly text: string }
  | {
      readonly kind: 'call';
      readonly name: string;
      readonly input: unknown;
      readonly freeform: boolean;
      readonly namespace?: string | null;
    }
  /** It will not do that. */
  | { readonly kind: 'refusal'; readonly text: string };
