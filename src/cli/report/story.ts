import type { Emit, RotaEvent } from '../../events.ts';

/** Steps that say little to who watches several workers for the first time. */
const QUIET_STEPS: ReadonlySet<string> = new Set(['open', 'pick', 'worktree', 'release', 'result']);

/**
 * Passes on what tells the story of a shift: who takes what, agents, gates, landings, what was swept. Steps that are too short
 * to watch, checks that are green in no time, and workers who found nothing are left out.
 */
export function storyOnly(emit: Emit): Emit {
  return (sent) => {
    if (tells(sent.event)) emit({ ...sent, event: shortened(sent.event) });
  };
}

/** A claim without its branch: the title is what people know the task by. */
function shortened(event: RotaEvent): RotaEvent {
  return event.type === 'step' && event.step === 'claim' && event.detail !== null
    ? { ...event, detail: event.detail.replace(/ \(ai\/[^()]*\)$/, '') }
    : event;
}

function tells(event: RotaEvent): boolean {
  switch (event.type) {
    case 'step':
      if (event.step === 'claim') return event.state !== 'started';
      return event.state === 'failed' || !QUIET_STEPS.has(event.step);
    case 'gate':
      return !event.passed || (event.name !== 'contract' && event.name !== 'backlog');
    case 'turn':
    case 'activity':
    case 'isolation':
    case 'race':
      return false;
    case 'outcome':
      return event.outcome !== 'idle' && event.outcome !== 'landed';
    case 'flaky':
    case 'notice':
    case 'sweep':
      return true;
    default:
      return event satisfies never;
  }
}
