import type { Fault } from './model/fault.ts';
import type { ModelTurn } from './model/model-turn.ts';
import { AFTER_FILES, deniedScript, greetingScript, redThenGreen, slowScript } from './scripts.ts';

/** One way in which a run goes, and what must be true after it. */
export interface Mode {
  readonly name: string;
  /** For docs/agents.md. */
  readonly means: string;
  readonly script: readonly ModelTurn[];
  readonly fault: Fault | null;
  /** What the harness does to it half-way. */
  readonly strike: 'none' | 'kill the client' | 'kill the worker';
  /** The client is set up to deny what the script asks for. */
  readonly denying: boolean;
  /** The first is what is expected of a client that says what went wrong, and in time. */
  readonly outcomes: readonly string[];
  /** Whether it takes one of the task's attempts; null: as the outcome says. */
  readonly attempt: boolean | null;
  /** Whether the files of the turn must still be there afterwards. */
  readonly work: boolean;
  /** How many turns it may have taken; null: any. */
  readonly turns: readonly number[] | null;
  readonly limits: Limits;
  /** Rota's own cost is measured. */
  readonly measured: boolean;
}

/** Of the role, in seconds. */
interface Limits {
  readonly time: number;
  readonly stall: number;
}

/** Several times what the slowest of the clients needs on a quiet machine; `--slow` is for others. */
const LIMITS: Limits = { time: 60, stall: 30 };
/** Time to give up by itself for those that do so within a minute and a half, and are silent for half of one meanwhile. */
const PATIENT: Limits = { time: 90, stall: 40 };

const FAILED: Omit<Mode, 'name' | 'means' | 'fault'> = {
  script: greetingScript(),
  strike: 'none',
  denying: false,
  outcomes: ['failed'],
  attempt: false,
  work: true,
  turns: [1],
  limits: LIMITS,
  measured: false,
};

/** In the order of the table. */
export const MODES: readonly Mode[] = [
  {
    ...FAILED,
    name: 'done',
    means: 'a task from its claim to its landing',
    fault: null,
    outcomes: ['landed'],
  },
  {
    ...FAILED,
    name: 'fix',
    means: 'a red gate, then a fix turn in the same session',
    script: redThenGreen(),
    fault: null,
    outcomes: ['landed'],
    turns: [2],
    // For one that needs a minute between its sessions.
    limits: { time: 120, stall: 30 },
  },
  {
    ...FAILED,
    name: '401',
    means: 'the server refuses the key from the start',
    fault: fault('unauthorized', 0),
    work: false,
  },
  { ...FAILED, name: 'credit', means: 'no money left, half-way', fault: fault('credit') },
  {
    ...FAILED,
    name: '429',
    means: 'too many requests, half-way and from then on',
    fault: fault('rate-limit'),
    limits: PATIENT,
  },
  {
    ...FAILED,
    name: '500',
    means: 'the server fails, half-way and from then on',
    fault: fault('server-error'),
    limits: PATIENT,
  },
  {
    ...FAILED,
    name: 'hiccup',
    means: 'the server fails twice, then all is well',
    fault: { ...fault('server-error'), times: 2 },
    outcomes: ['landed'],
  },
  {
    ...FAILED,
    name: 'silence',
    means: 'the server takes the request and never answers',
    fault: fault('silence'),
    outcomes: ['stalled', 'failed'],
    attempt: null,
    limits: { time: 60, stall: 15 },
  },
  {
    ...FAILED,
    name: 'cut',
    means: 'every answer is cut half-way',
    fault: fault('drop'),
    outcomes: ['failed', 'stalled'],
    attempt: null,
  },
  {
    ...FAILED,
    name: 'loop',
    means: 'the model calls a tool again and again',
    fault: fault('loop'),
    // Partial: the client saw the loop itself. Its own limit of requests gets a new session once.
    turns: [1, 2],
    outcomes: ['timed-out', 'partial'],
    attempt: true,
    limits: { time: 20, stall: 15 },
  },
  {
    ...FAILED,
    name: 'denied',
    means: 'what the model asks for is denied: by the client, over ACP by rota',
    script: deniedScript(),
    fault: null,
    denying: true,
    outcomes: ['blocked'],
    attempt: true,
  },
  {
    ...FAILED,
    name: 'refusal',
    means: 'the model will not do it',
    fault: fault('refusal'),
    outcomes: ['blocked'],
    attempt: true,
  },
  {
    ...FAILED,
    name: 'context',
    means: 'more than the model can read',
    fault: fault('context'),
    outcomes: ['partial'],
    attempt: true,
    turns: null,
  },
  {
    ...FAILED,
    name: 'crash',
    means: 'the client is killed half-way',
    fault: null,
    strike: 'kill the client',
  },
  {
    ...FAILED,
    name: 'killed',
    means: 'the worker is killed half-way, then `rota sweep`',
    fault: null,
    strike: 'kill the worker',
    outcomes: ['killed'],
  },
  {
    ...FAILED,
    name: 'cost',
    means: "rota's own cost while the client works for a minute",
    script: slowScript(),
    fault: null,
    outcomes: ['landed'],
    limits: { time: 150, stall: 30 },
    measured: true,
  },
];

/** With files written and not committed, so that there is work to keep. */
function fault(kind: Fault['kind'], after = AFTER_FILES): Fault {
  return { kind, after, times: Number.POSITIVE_INFINITY, retryAfter: 3 };
}
