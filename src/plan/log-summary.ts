import type { LogEntry } from '../task/log-line.ts';
import { OUTCOMES, outcomeEffects } from './outcome.ts';
import type { RecordState } from './record.ts';

/** What a person wants to know in the morning. */
export interface LogSummary {
  readonly landed: readonly SummaryLine[];
  /** For a person's word, answer or review; whenever it began. */
  readonly forPeople: readonly SummaryLine[];
  /** Tasks that were tried and are where they were; the last end of each. */
  readonly notLanded: readonly (SummaryLine & { readonly tries: number })[];
}

export interface SummaryLine {
  readonly task: string;
  /** How it stands, or how its last run ended. */
  readonly what: string;
  readonly detail: string;
}

/** How a task's record stands now. */
export interface StateNow {
  readonly task: string;
  readonly state: RecordState | null;
  readonly reason: string | null;
}

const FOR_PEOPLE: ReadonlySet<RecordState | null> = new Set(['held', 'blocked', 'proposed']);
/** What leaves a note for the next attempt, and what could not land yet. */
const TRIED: ReadonlySet<string> = new Set(
  OUTCOMES.filter((outcome) => outcomeEffects(outcome).note || outcome === 'waiting'),
);

/**
 * Sums up what happened.
 *
 * @param entries of the time asked for, oldest first
 * @param now how tasks stand
 */
export function summarizeLog(entries: readonly LogEntry[], now: readonly StateNow[]): LogSummary {
  const landed = entries
    .filter(({ event }) => event === 'landed')
    .map(({ task, role, detail }) => ({ task, what: role, detail }));
  const forPeople = now
    .filter(({ state }) => FOR_PEOPLE.has(state))
    .map(({ task, state, reason }) => ({ task, what: String(state), detail: reason ?? '' }));
  const over = new Set([...landed, ...forPeople].map(({ task }) => task));
  const tried = new Map<string, { last: LogEntry; tries: number }>();
  for (const entry of entries) {
    if (!TRIED.has(entry.event) || over.has(entry.task)) continue;
    tried.set(entry.task, { last: entry, tries: (tried.get(entry.task)?.tries ?? 0) + 1 });
  }
  const notLanded = [...tried].map(([task, { last, tries }]) => ({
    ...{ task, what: last.event, detail: last.detail, tries },
  }));
  return { landed, forPeople, notLanded };
}
