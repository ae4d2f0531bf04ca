import type { LandingEnd } from '../land/landing-work.ts';
import type { ActiveRun, Ending } from './active-run.ts';
import { endingOfBudget } from './ending-of-budget.ts';
import { endingOfLanding } from './ending-of-landing.ts';
import { type CutShort, type FinishedTurn, takeTurn } from './take-turn.ts';
import { freshPrompt, type NextTurn, promptAfter } from './turn-prompts.ts';

/**
 * Turns of the agent until something lands or ends the run. A red gate, a conflict and a task that changed meanwhile give it
 * another turn, as often as its role's `fixes` say, in the same session if its client can go on in one. While a budget is
 * spent there is none.
 *
 * @param land brings what a turn has finished to main, or to its request
 */
export async function takeTurns(
  run: ActiveRun,
  first: NextTurn,
  land: (finished: FinishedTurn, next: NextTurn) => Promise<LandingEnd>,
): Promise<Ending> {
  let next = first;
  // Of the role's `fixes`, and whether the one new session for a full context is used up.
  let mended = 0;
  let renewed = false;
  for (let turn = 1; ; turn++) {
    await run.meter.look();
    const spent = run.meter.spent();
    if (spent !== null) return endingOfBudget(spent);
    const taken = await takeTurn(run, turn, next);
    let following: NextTurn | Ending;
    if ('outcome' in taken) return taken;
    if ('again' in taken) {
      const full = taken.again === 'context-full';
      if (full && (renewed || mended >= run.role.fixes)) return taken.ending;
      following = await anew(run, taken, next);
      if (full) {
        renewed = true;
        mended += 1;
      }
    } else {
      const end = await land(taken, next);
      following =
        (mended < run.role.fixes ? spentBefore(run, end) : null) ?? (await promptAfter(run, end, mended + 1));
      mended += 1;
    }
    if ('outcome' in following) return following;
    next = following;
  }
}

/** Another turn would only be ended: what stopped the landing is said, and the run can go on when there is more to spend. */
function spentBefore(run: ActiveRun, end: LandingEnd): Ending | null {
  if (end.kind !== 'red' && end.kind !== 'conflict' && end.kind !== 'changed') return null;
  const spent = run.meter.spent();
  if (spent === null) return null;
  const landing = endingOfLanding(end);
  const ending = endingOfBudget(spent);
  return { ...landing, ...ending, reason: `${landing.reason}; no further turn: ${ending.reason}` };
}

/** The session cannot go on: a new one is told everything, and finds the work in its folder. */
async function anew(run: ActiveRun, { again, ending }: CutShort, next: NextTurn): Promise<NextTurn | Ending> {
  run.session = null;
  const message = `a new session goes on with the work, because ${ending.reason ?? again}`;
  run.tell({ type: 'notice', level: 'info', message });
  return again === 'session-lost' ? { ...next, followUp: null } : freshPrompt(run);
}
