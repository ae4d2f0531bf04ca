import { inQueue } from '../../system/mutex.ts';
import type { Project } from './project.ts';

/**
 * `claim`: picking and taking a lock. `main`: reading main, building on it and moving it. `landing`: from a gate that has to run
 * again to the landing, so that it does not lose to others again. `streaks`: counting how runs ended.
 */
export type Turn = 'claim' | 'main' | 'landing' | 'streaks';

/**
 * Workers of one machine wait for each other here, for `patience` milliseconds at most; then they race, or do what `late` says.
 * It saves lost races and proves nothing: every step inside is a compare-and-swap.
 */
export async function inTurn<T>(
  project: Project,
  turn: Turn,
  patience: number,
  action: () => Promise<T>,
  late: () => Promise<T> = action,
): Promise<T> {
  const { system, repository } = project;
  return inQueue(system.files, `${repository.rotaDir}/queues/${turn}`, patience, action, late);
}
