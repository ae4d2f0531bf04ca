import type { AgentActivity } from '../events.ts';
import { boundActivity } from './presets/bound-activity.ts';

/** Of one turn. A client in a tight loop must not fill the events of the run; the log has it all. */
const MOST = 10_000;

/**
 * Passes on what a client does, bounded in text and number, and an edit that is told twice once. What it cost so far is never
 * left out for long.
 */
export function tellActivities(
  worktree: string,
  tell: (activity: AgentActivity) => void,
): (activity: AgentActivity) => void {
  let told = 0;
  let tokens = 0;
  let lastEdit = '';
  return (given) => {
    const activity = boundActivity(given, worktree);
    if (activity.kind === 'usage') {
      const total = activity.usage.input + activity.usage.output;
      if (told >= MOST && total < tokens * 1.05 + 1) return;
      tokens = total;
    } else if (told > MOST) return;
    if (activity.kind === 'edit') {
      if (activity.path === lastEdit) return;
      lastEdit = activity.path;
    }
    told++;
    if (told === MOST) tell({ kind: 'text', text: 'it does more than is shown: see its log' });
    else tell(activity);
  };
}
