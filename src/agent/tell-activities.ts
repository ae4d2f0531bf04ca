import type { AgentActivity, Usage } from '../events.ts';
import { boundActivity } from './presets/bound-activity.ts';

/** Of one turn, and as often what it used. A client in a tight loop must not fill the events of the run; the log has it all. */
const MOST = 5_000;

/**
 * Passes on what a client does, bounded in text and number, and an edit that is told twice once. What it used so far is never left
 * out for long.
 */
export function tellActivities(
  worktree: string,
  tell: (activity: AgentActivity) => void,
): (activity: AgentActivity) => void {
  let shown = 0;
  let counts = 0;
  let used: Usage | null = null;
  let lastEdit = '';

  /** Where there is too much, only what is a twentieth more. */
  function passUsage(usage: Usage): void {
    if (used !== null) {
      const { input, output, usd } = used;
      if (usage.input === input && usage.output === output && usage.usd === usd) return;
      if (counts >= MOST && usage.input + usage.output <= (input + output) * 1.05) return;
    }
    used = usage;
    counts++;
    tell({ kind: 'usage', usage });
  }

  return (given) => {
    if (given.kind === 'usage') return passUsage(given.usage);
    if (shown > MOST) return;
    const activity = boundActivity(given, worktree);
    if (activity.kind === 'edit') {
      if (activity.path === lastEdit) return;
      lastEdit = activity.path;
    }
    shown++;
    tell(shown > MOST ? { kind: 'text', text: 'it does more than is shown: see its log' } : activity);
  };
}
