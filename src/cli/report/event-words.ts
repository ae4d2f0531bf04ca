import type { RotaEvent } from '../../events.ts';
import { plainText } from '../../task/text.ts';
import { formatDuration } from '../text/ago.ts';
import { activityInWords } from './activity-words.ts';

/** An event in words. `tone` says how it is marked; `passing` ones are only worth showing while they last. */
export interface EventWords {
  readonly tone: 'good' | 'bad' | 'skipped' | 'note' | 'passing';
  /** The step, or what kind of event it is. */
  readonly what: string;
  readonly detail: string;
}

/** What agents and task files wrote is made harmless here, once for every way of showing it. */
export function eventWords(event: RotaEvent): EventWords {
  switch (event.type) {
    case 'step':
      return { tone: STEP_TONES[event.state], what: event.step, detail: stepDetail(event) };
    case 'gate':
      return {
        tone: event.passed ? 'good' : 'bad',
        what: 'gate',
        detail: join(
          plainText(event.name),
          `${event.passed ? 'green' : 'red'} after ${seconds(event.seconds)}`,
          event.detail,
        ),
      };
    case 'flaky':
      return {
        tone: 'bad',
        what: 'flaky',
        detail: `${plainText(event.test)} failed, then passed (${plainText(event.command)})`,
      };
    case 'notice':
      return {
        tone: event.level === 'warning' ? 'bad' : 'note',
        what: event.level,
        detail: plainText(event.message),
      };
    case 'turn':
      return {
        tone: 'note',
        what: 'agent',
        detail: `turn ${event.turn}: ${plainText(event.ended)} after ${seconds(event.seconds)}`,
      };
    case 'isolation':
      return { tone: 'note', what: 'isolation', detail: plainText(`${event.isolation}: ${event.says}`) };
    case 'activity':
      return { tone: 'passing', what: 'working', detail: activityInWords(event.activity) };
    case 'sweep':
      return {
        tone: 'note',
        what: event.action,
        detail: plainText(event.reason),
      };
    case 'race':
      return {
        tone: 'note',
        what: 'race',
        detail: plainText(`lost the ${event.over} after ${event.seconds.toFixed(1)} s: ${event.detail}`),
      };
    case 'outcome':
      return {
        tone: GOOD_OUTCOMES.has(event.outcome) ? 'good' : 'bad',
        what: event.outcome,
        detail: event.reason === null ? '' : plainText(event.reason),
      };
    default:
      return event satisfies never;
  }
}

const GOOD_OUTCOMES: ReadonlySet<string> = new Set(['landed', 'proposed', 'idle']);
const STEP_TONES = { started: 'passing', done: 'good', skipped: 'skipped', failed: 'bad' } as const;

function stepDetail({ state, detail }: Extract<RotaEvent, { type: 'step' }>): string {
  const text = detail === null ? '' : plainText(detail);
  switch (state) {
    case 'started':
      return join('started', text);
    case 'skipped':
      return join('skipped', text);
    case 'failed':
      return join('failed', text);
    case 'done':
      return text === '' ? 'done' : text;
    default:
      return state satisfies never;
  }
}

function join(...parts: readonly (string | null)[]): string {
  return parts
    .filter((part) => part !== null && part !== '')
    .map((part) => plainText(part as string))
    .join(': ');
}

function seconds(value: number): string {
  return value < 10 ? `${value.toFixed(1)} s` : formatDuration(value * 1000);
}
