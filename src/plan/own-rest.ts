import type { TaskKey } from '../task/task.ts';

/** Why a role takes less than it could on this machine, each in words; null: it does not. */
export interface OwnRest {
  /** It paused itself. A task that a person names is done all the same. */
  readonly pause: string | null;
  /** A budget is spent that everything it does is held to. */
  readonly budget: string | null;
  /** Tasks that are held to a budget of their own which is spent. */
  readonly spent: ReadonlyMap<TaskKey, string>;
}

export const NO_REST: OwnRest = { pause: null, budget: null, spent: new Map() };
