import type { Role } from '../role/role.ts';
import { nextBackoff } from './backoff.ts';
import { type Outcome, outcomeEffects } from './outcome.ts';
import type { RecordState, TaskRecord, WaitingLanding } from './record.ts';
import { addNote, noteText } from './record-notes.ts';

export interface ReleaseInput {
  readonly outcome: Exclude<Outcome, 'idle'>;
  /** The record that the run holds, its log lines included. */
  readonly record: TaskRecord;
  readonly role: Pick<Role, 'attempts'>;
  readonly run: string;
  /** One sentence: why it ended so. */
  readonly reason: string | null;
  /** What the agent needs to know, for `blocked`. */
  readonly question: string | null;
  /** For the next attempt, e.g. the end of the gate's output. */
  readonly details: string | null;
  /** For `waiting`. */
  readonly waiting: WaitingLanding | null;
  /** For `proposed`. */
  readonly pr: string | null;
  /** For `failed`: when another try makes sense at the earliest, where that is known. */
  readonly notBefore?: string | null;
  readonly now: Date;
  /** From 0 to below 1: spreads the retries of many machines. */
  readonly random: number;
}

export interface Release {
  /** The record to write; null: nothing is left in it, delete the ref. */
  readonly record: TaskRecord | null;
  /** The status to write to main, in merge mode. */
  readonly statusOnMain: 'blocked' | null;
  /** The note to append to the task file on main, in merge mode. */
  readonly note: string | null;
  /** Whether this run's lock block on main goes now. The landing and later commits remove it otherwise. */
  readonly removeBlock: boolean;
}

/** How a run lets go of its task: the record without the lock, and what main's task file should say. Pure. */
export function decideRelease(input: ReleaseInput): Release {
  const { outcome, record: before, role, now } = input;
  const effects = outcomeEffects(outcome);
  if (outcome === 'landed') return { record: null, statusOnMain: null, note: null, removeBlock: false };
  if (outcome === 'waiting' && input.waiting === null)
    throw new Error('a waiting run must say for what it waits');

  const attempts = before.attempts + (effects.counts ? 1 : 0);
  const exhausted = effects.counts && attempts >= role.attempts;
  const state = nextState(before.state, effects.state, exhausted);
  const text = noteText([input.reason, input.question, input.details]);
  const unchanged = effects.state === 'unchanged';
  const record: TaskRecord = {
    ...before,
    lock: null,
    publish: null,
    state,
    attempts,
    reason: state === null ? null : unchanged ? before.reason : stateReason(input, attempts, exhausted),
    notes: effects.note
      ? addNote(before.notes, { run: input.run, at: now.toISOString(), outcome, text }, effects.counts)
      : before.notes,
    notBefore: outcome === 'failed' ? nextBackoff(before, now, input.random, input.notBefore) : null,
    waiting: state === 'waiting' ? (input.waiting ?? before.waiting) : null,
    pr: outcome === 'proposed' ? input.pr : before.pr,
  };
  const onMain = effects.main === 'note' || effects.main === 'blocked';
  return {
    record: isEmpty(record) ? null : record,
    statusOnMain: onMain && state === 'blocked' ? 'blocked' : null,
    note: onMain
      ? noteText([input.question === null ? (record.reason ?? input.reason) : input.reason, input.question])
      : null,
    removeBlock: onMain || effects.main === 'remove-block',
  };
}

function nextState(
  before: RecordState | null,
  after: RecordState | null | 'unchanged',
  exhausted: boolean,
): RecordState | null {
  if (exhausted) return 'blocked';
  if (after === 'unchanged') return before;
  // A pull request whose next turn is not finished is still the one that was returned.
  return after === null && before === 'returned' ? 'returned' : after;
}

function stateReason(input: ReleaseInput, attempts: number, exhausted: boolean): string | null {
  if (input.outcome === 'blocked') return input.question ?? input.reason;
  if (input.outcome === 'waiting') return input.waiting?.reason ?? input.reason;
  if (!exhausted || outcomeEffects(input.outcome).state === 'blocked') return input.reason;
  const used = `${attempts} of ${input.role.attempts} attempts used`;
  return `${used}; the last one: ${input.outcome}${input.reason === null ? '' : `, ${input.reason}`}`;
}

/** `task`, `of` and `reason` alone say nothing that the task file does not. */
function isEmpty(record: TaskRecord): boolean {
  return (
    record.lock === null &&
    record.state === null &&
    record.attempts === 0 &&
    record.notes.length === 0 &&
    record.notBefore === null &&
    record.pr === null &&
    record.log.length === 0
  );
}
