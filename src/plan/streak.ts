import type { AgentFailureKind } from './agent-failure.ts';
import { type Outcome, outcomeEffects } from './outcome.ts';

/** How the newest runs of a role on this machine ended, since one of them landed. */
export interface Streak {
  /** Runs in a row that did not land. */
  readonly count: number;
  /** The newest of them, oldest first. */
  readonly runs: readonly LostRun[];
  readonly pause: SelfPause | null;
}

/** A run that did not land. */
export interface LostRun {
  readonly run: string;
  readonly task: string;
  readonly outcome: Outcome;
  /** Of the agent's client; null: it was none. */
  readonly failure: AgentFailureKind | null;
}

/** Why a role takes no work by itself any more on this machine. */
export interface SelfPause {
  readonly since: string;
  /** When it tries again by itself; null: when a person says so, or when a named task lands. */
  readonly until: string | null;
  /** In a sentence without a full stop. */
  readonly reason: string;
}

export interface EndedRun extends LostRun {
  readonly reason: string | null;
  /** Milliseconds until the client can work again, as it said itself. */
  readonly retryAfter: number | null;
  /** What ended it was a budget: that has a reason of its own to rest. */
  readonly spent: boolean;
}

/** Where they are in rota's own folder: of this machine alone, and there only while a role has a streak. */
export const STREAKS_FILE = 'streaks.json';

/** So many in a row. */
const LONGEST_STREAK = 3;

/** After an outage nobody needs to come: it looks again by itself. */
const NEXT_LOOK = 60 * 60_000;
/** Shorter than that is no reason to leave other tasks alone. */
const WORTH_A_PAUSE = 60_000;
const LONGEST_WAIT = 7 * 24 * 60 * 60_000;

const WON: ReadonlySet<Outcome> = new Set(['landed', 'proposed']);

/** Every run of the role would end like this one. */
const HOPELESS: ReadonlySet<AgentFailureKind> = new Set(['not-logged-in', 'out-of-credit']);
/** These end by themselves. */
const PASSING: ReadonlySet<AgentFailureKind> = new Set(['rate-limited', 'outage']);

/** The streak after one more run; null: there is none. */
export function streakAfter(before: Streak | null, ended: EndedRun, now: Date): Streak | null {
  if (WON.has(ended.outcome)) return null;
  if (!isLost(ended.outcome) || ended.spent) return before;
  const { run, task, outcome, failure } = ended;
  const runs = [...(before?.runs ?? []), { run, task, outcome, failure }].slice(-LONGEST_STREAK);
  const count = (before?.count ?? 0) + 1;
  return { count, runs, pause: pauseAfter(ended, count, runs, now) ?? before?.pause ?? null };
}

/** `main-red` is nobody's failure, and nothing is picked meanwhile anyway; the others ended by a person's will, or may still land. */
function isLost(outcome: Outcome): boolean {
  return outcomeEffects(outcome).counts || outcome === 'failed';
}

/** Whether the role rests now, and why. */
export function activePause(streak: Streak | null, now: Date): SelfPause | null {
  const pause = streak?.pause ?? null;
  if (pause === null) return null;
  const until = pause.until === null ? Number.POSITIVE_INFINITY : Date.parse(pause.until);
  // A time that cannot be read must not be a pause that nobody sees the end of.
  return until > now.getTime() ? pause : null;
}

function pauseAfter(
  { reason, failure, retryAfter }: EndedRun,
  count: number,
  runs: readonly LostRun[],
  now: Date,
): SelfPause | null {
  const at = (wait: number) => new Date(now.getTime() + Math.min(wait, LONGEST_WAIT)).toISOString();
  const since = now.toISOString();
  const hopeless = failure !== null && HOPELESS.has(failure);
  if (
    failure !== null &&
    retryAfter !== null &&
    retryAfter >= WORTH_A_PAUSE &&
    (hopeless || PASSING.has(failure))
  )
    return { since, until: at(retryAfter), reason: reason ?? failure };
  if (hopeless) return { since, until: null, reason: reason ?? failure };
  if (count < LONGEST_STREAK) return null;
  const passing = runs.every((one) => one.failure !== null && PASSING.has(one.failure));
  return { since, until: passing ? at(NEXT_LOOK) : null, reason: inARow(count, runs) };
}

function inARow(count: number, runs: readonly LostRun[]): string {
  const shown = runs.map(({ task, outcome, failure }) => `${task} ${failure ?? outcome}`);
  return `${count} runs in a row on this machine did not land: ${count > runs.length ? '…, ' : ''}${shown.join(', ')}`;
}
