import type { Outcome } from '../events.ts';
import type { RecordState } from './record.ts';

export { OUTCOMES, type Outcome } from '../events.ts';

/** What an outcome means for everything that outlives the run: one row of docs/protocols.md's outcome table. */
export interface OutcomeEffects {
  /** Whether it uses up one of the role's attempts. */
  readonly counts: boolean;
  /** `none`: there was none. `gone`: landed, branch and worktree go. `pushed`: in a pull request. */
  readonly work: 'none' | 'gone' | 'pushed' | 'kept';
  /** The record's state afterwards; `blocked` outranks it at the last attempt. `unchanged`: as before the run. */
  readonly state: RecordState | null | 'unchanged';
  /** Whether the record gets a note for the next attempt. */
  readonly note: boolean;
  /**
   * What happens to the task file on main, in merge mode. `lands`: the landing writes it. `note`: block removed and
   * note added, status `blocked` at the last attempt. `blocked`: the same, always with the status.
   */
  readonly main: 'untouched' | 'lands' | 'remove-block' | 'note' | 'blocked';
  /** Exit code; for `interrupted` see outcomeExit. */
  readonly exit: 0 | 1 | 3 | 130;
}

/** The row of an outcome. */
export function outcomeEffects(outcome: Outcome): OutcomeEffects {
  return EFFECTS[outcome];
}

/** The exit code of a run; an interrupted one tells its signal, as a shell would: 130 for SIGINT, 143 for SIGTERM. */
export function outcomeExit(outcome: Outcome, signal: string | null = null): number {
  return outcome === 'interrupted' && signal !== null
    ? (SIGNAL_EXIT[signal] ?? EFFECTS.interrupted.exit)
    : EFFECTS[outcome].exit;
}

const SIGNAL_EXIT: Readonly<Record<string, number>> = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 };

const TRY_AGAIN = { counts: true, work: 'kept', state: null, note: true, main: 'note', exit: 1 } as const;
const ASK = { counts: true, work: 'kept', state: 'blocked', note: true, main: 'blocked', exit: 1 } as const;

const EFFECTS: Readonly<Record<Outcome, OutcomeEffects>> = {
  landed: { counts: false, work: 'gone', state: null, note: false, main: 'lands', exit: 0 },
  proposed: { counts: false, work: 'pushed', state: 'proposed', note: false, main: 'untouched', exit: 0 },
  idle: { counts: false, work: 'none', state: 'unchanged', note: false, main: 'untouched', exit: 0 },
  waiting: { counts: false, work: 'kept', state: 'waiting', note: false, main: 'untouched', exit: 1 },
  held: { counts: false, work: 'kept', state: 'held', note: false, main: 'untouched', exit: 1 },
  red: TRY_AGAIN,
  conflict: TRY_AGAIN,
  partial: TRY_AGAIN,
  'timed-out': TRY_AGAIN,
  stalled: TRY_AGAIN,
  blocked: ASK,
  refused: ASK,
  // A person took it: whatever waited to land must not land behind their back.
  revoked: { counts: false, work: 'kept', state: null, note: false, main: 'untouched', exit: 1 },
  'main-red': { counts: false, work: 'kept', state: 'unchanged', note: true, main: 'remove-block', exit: 1 },
  failed: { counts: false, work: 'kept', state: 'unchanged', note: true, main: 'remove-block', exit: 3 },
  interrupted: {
    counts: false,
    work: 'kept',
    state: 'unchanged',
    note: false,
    main: 'remove-block',
    exit: 130,
  },
};
