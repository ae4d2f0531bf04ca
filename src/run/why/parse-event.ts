import { ISOLATIONS } from '../../config.ts';
import { OUTCOMES, type RotaEvent } from '../../events.ts';
import { activityOf } from './parse-activity.ts';

/** An event of a run as its folder remembers it. */
export interface RememberedEvent {
  readonly at: Date;
  readonly event: RotaEvent;
}

/** One line of a run's `events.jsonl`; null: it is damaged, or of a rota that this one does not know. */
export function parseEvent(line: string): RememberedEvent | null {
  try {
    const value: unknown = JSON.parse(line);
    if (typeof value !== 'object' || value === null) return null;
    const fields = value as Record<string, unknown>;
    const at = new Date(typeof fields['at'] === 'string' ? fields['at'] : Number.NaN);
    const read = READERS[String(fields['type'])];
    const event = Number.isNaN(at.getTime()) || read === undefined ? null : read(fields);
    return event === null ? null : { at, event };
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

type Fields = Readonly<Record<string, unknown>>;

const STATES = ['started', 'done', 'skipped', 'failed'] as const;
const ACTIONS = ['freed', 'landed', 'rescued', 'removed', 'kept', 'followed', 'healed'] as const;

/** Without a prototype: a type called `constructor` is unknown, too. */
const READERS: Readonly<Record<string, (fields: Fields) => RotaEvent | null>> = Object.assign(
  Object.create(null),
  {
    step: (fields: Fields) => {
      const state = oneOf(fields['state'], STATES);
      const step = text(fields['step']);
      if (state === null || step === null) return null;
      return {
        type: 'step',
        step: step as Extract<RotaEvent, { type: 'step' }>['step'],
        state,
        detail: text(fields['detail']),
      };
    },
    gate: (fields: Fields) => {
      const [name, passed, seconds] = [text(fields['name']), fields['passed'], number(fields['seconds'])];
      if (name === null || typeof passed !== 'boolean' || seconds === null) return null;
      return { type: 'gate', name, passed, seconds, detail: text(fields['detail']) };
    },
    flaky: (fields: Fields) => {
      const [command, test] = [text(fields['command']), text(fields['test'])];
      return command === null || test === null ? null : { type: 'flaky', command, test };
    },
    notice: (fields: Fields) => {
      const [level, message] = [
        oneOf(fields['level'], ['info', 'warning'] as const),
        text(fields['message']),
      ];
      return level === null || message === null ? null : { type: 'notice', level, message };
    },
    turn: (fields: Fields) => {
      const [turn, ended, seconds] = [
        number(fields['turn']),
        text(fields['ended']),
        number(fields['seconds']),
      ];
      return turn === null || ended === null || seconds === null
        ? null
        : { type: 'turn', turn, ended, seconds };
    },
    activity: (fields: Fields) => {
      const activity = activityOf(fields['activity']);
      return activity === null ? null : { type: 'activity', activity };
    },
    isolation: (fields: Fields) => {
      const [isolation, says] = [oneOf(fields['isolation'], ISOLATIONS), text(fields['says'])];
      return isolation === null || says === null ? null : { type: 'isolation', isolation, says };
    },
    sweep: (fields: Fields) => {
      const [action, reason] = [oneOf(fields['action'], ACTIONS), text(fields['reason'])];
      return action === null || reason === null
        ? null
        : { type: 'sweep', action, task: text(fields['task']), reason };
    },
    race: (fields: Fields) => {
      const over = oneOf(fields['over'], ['claim', 'landing'] as const);
      const [seconds, detail] = [number(fields['seconds']), text(fields['detail'])];
      return over === null || seconds === null || detail === null
        ? null
        : { type: 'race', over, seconds, detail };
    },
    outcome: (fields: Fields) => {
      const outcome = oneOf(fields['outcome'], OUTCOMES);
      return outcome === null ? null : { type: 'outcome', outcome, reason: text(fields['reason']) };
    },
  } satisfies Record<RotaEvent['type'], (fields: Fields) => RotaEvent | null>,
);

function text(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

function number(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}

function oneOf<T extends string>(value: unknown, known: readonly T[]): T | null {
  return known.find((one) => one === value) ?? null;
}
