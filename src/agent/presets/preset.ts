import type { PresetName } from '../../config.ts';
import type { AgentActivity, Usage } from '../../events.ts';
import type { AgentFailure } from '../../plan/agent-failure.ts';

/**
 * What rota knows about one client: how it is started, and what its output means. A new client is one file with such a value
 * and a line in known-presets.ts. The rest (limits, the log, bounds, plain text) is preset-agent.ts's.
 */
export interface Preset {
  readonly name: PresetName;
  /** The program that is looked for on PATH. */
  readonly program: string;
  /** Its arguments for one turn, rota.yaml's `args` among them where the client takes them. The prompt comes on stdin. */
  args(turn: PresetTurn): readonly string[];
  /** What it must see in its environment beside what every agent sees; never a secret. */
  env(turn: PresetTurn): Readonly<Record<string, string>>;
  /** The prompt as it must be written for this client to read it as it is; left out: as it is. */
  prompt?(text: string): string;
  /** Its files below HOME without which it is not logged in, `/` between parts. */
  readonly login: readonly string[];
  /** One line for a person who is not logged in. */
  readonly howToLogIn: string;
  /** Its usage is that of the whole session, earlier turns included; preset-agent.ts takes those off. */
  readonly countsSession?: boolean;
  /** Reads the output of one turn. */
  reader(turn: PresetTurn): PresetReader;
}

/** What a preset is told about a turn. */
export interface PresetTurn {
  /** To go on in: an id that this client gave. Null: a new session. */
  readonly session: string | null;
  /** rota.yaml's, after everything that rota decides itself. */
  readonly args: readonly string[];
  /** US dollars that it may spend, for a client that only says at the end what it has spent; null: no such limit. */
  readonly mostUsd?: number | null;
  /** Its current folder. */
  readonly worktree: string;
  /** Where it is told to write its result: outside of the worktree. */
  readonly resultFile: string;
}

/** Follows one turn. Whatever the client writes, neither function throws. */
export interface PresetReader {
  /** Whether a line of stdout is known to tell nothing, by its first bytes: it is not parsed. */
  skips?(text: string): boolean;
  /** A line of output; what it tells. Texts as the client wrote them: preset-agent.ts makes them plain and short. */
  feed(line: OutputLine): readonly AgentActivity[];
  /** Once, after the last line. */
  verdict(exit: PresetExit): PresetVerdict;
}

/** A complete line, without its line break. */
export interface OutputLine {
  readonly stream: 'stdout' | 'stderr';
  readonly text: string;
  /** The line as a JSON object, of stdout only; null: it is none. */
  readonly json: Readonly<Record<string, unknown>> | null;
}

/** How the client ended. */
export interface PresetExit {
  /** Other than `exited`: rota ended it. */
  readonly kind: 'exited' | 'timed-out' | 'stalled' | 'interrupted';
  /** Null: a signal ended it, or rota did. */
  readonly code: number | null;
  readonly signal: string | null;
  /** The last lines that were no JSON, of both streams; at most 8 KiB. */
  readonly words: string;
}

export interface PresetVerdict {
  /** What another turn can go on in; null: it said none, or cannot. */
  readonly session: string | null;
  /** Of this turn alone, or as `countsSession` says; null: it did not say. */
  readonly usage: Usage | null;
  readonly failure: AgentFailure | null;
}
