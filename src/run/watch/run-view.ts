import type { AgentActivity, Outcome, Step, Usage } from '../../events.ts';
import { addUsage } from '../../plan/usage.ts';
import type { RememberedEvent } from '../why/parse-event.ts';

/** How a run stands, from its events. */
export interface RunView {
  readonly step: Step | null;
  /** When the step began. */
  readonly since: Date | null;
  /** Of its agent, counted from 1; 0: it has not begun. */
  readonly turn: number;
  /** The newest thing that the agent did in this step. */
  readonly activity: AgentActivity | null;
  /** The newest sign of life. */
  readonly heard: Date | null;
  /** Of the turns that ended, and of this one. Null: its client does not count. */
  readonly usage: Usage | null;
  readonly outcome: { readonly outcome: Outcome; readonly reason: string | null } | null;
  /** Of the turns that ended. */
  readonly before: Usage | null;
}

export const NOTHING_YET: RunView = {
  step: null,
  since: null,
  turn: 0,
  activity: null,
  heard: null,
  usage: null,
  outcome: null,
  before: null,
};

/** How the run stands after one more event. */
export function afterEvent(view: RunView, { at, event }: RememberedEvent): RunView {
  const heard = { ...view, heard: at };
  switch (event.type) {
    case 'step': {
      if (event.state !== 'started') return event.step === view.step ? { ...heard, activity: null } : heard;
      const turn = view.turn + (event.step === 'agent' ? 1 : 0);
      return { ...heard, step: event.step, since: at, turn, activity: null };
    }
    case 'activity':
      return event.activity.kind === 'usage'
        ? { ...heard, usage: addUsage(view.before, event.activity.usage) }
        : { ...heard, activity: event.activity };
    case 'turn':
      return { ...heard, before: view.usage };
    case 'outcome':
      return { ...heard, outcome: { outcome: event.outcome, reason: event.reason }, activity: null };
    case 'gate':
    case 'flaky':
    case 'notice':
    case 'isolation':
    case 'sweep':
    case 'race':
      return heard;
    default:
      return event satisfies never;
  }
}
