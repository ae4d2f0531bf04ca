import type { SpentBudget } from '../../plan/budget.ts';
import type { Ending } from './active-run.ts';

/**
 * A budget of a day or of a task is cured by more of it, so it is no attempt of the task's. One of a run is a limit like the
 * time limit: the next run has as much again.
 */
export function endingOfBudget(spent: SpentBudget): Ending {
  const outcome = spent.budget.per === 'run' ? 'partial' : 'failed';
  return { outcome, reason: spent.words, spent };
}
