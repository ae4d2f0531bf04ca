import type { SentEvent } from '../events.ts';
import type { RunResult } from '../run/work/run-result.ts';

/** What happened in the demo. */
export interface DemoCourse {
  readonly results: readonly RunResult[];
  readonly events: readonly SentEvent[];
  /** Titles of the tasks on main that were not there before. */
  readonly proposed: readonly string[];
}

/** Everything that was ready must land; the number of turns that each takes. */
const TURNS: Readonly<Record<string, number>> = {
  ...{ S2: 1, S3: 1, S4: 1, S5: 1, S6: 2, S7: 1 },
  ...{ S8: 1, S9: 1, S10: 1 },
};
const KILLED = 'S7';
const PROPOSED = 3;

/** What did not go as planned, in words; empty when everything did. Pure. */
export function judgeDemo({ results, events, proposed }: DemoCourse): string[] {
  const wrong: string[] = [];
  for (const [task, turns] of Object.entries(TURNS)) {
    const last = results.filter((result) => result.task === task).at(-1);
    if (last === undefined) wrong.push(`${task} was not worked on`);
    else if (last.outcome !== 'landed')
      wrong.push(`${task} is ${last.outcome}${last.reason === null ? '' : `: ${last.reason}`}`);
    const taken = events.filter((sent) => sent.task === task && sent.event.type === 'turn').length;
    if (last?.outcome === 'landed' && taken !== turns)
      wrong.push(`${task} took ${taken} turns, expected ${turns}`);
  }
  if (
    !events.some(({ event }) => event.type === 'sweep' && event.action === 'freed' && event.task === KILLED)
  )
    wrong.push(`the sweep did not free ${KILLED}`);
  if (proposed.length !== PROPOSED)
    wrong.push(`${proposed.length} tasks were proposed, expected ${PROPOSED}`);
  return wrong;
}
