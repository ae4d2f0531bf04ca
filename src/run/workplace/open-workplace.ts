import { plainWorkplace } from './plain-workplace.ts';
import type { Workplace, WorkplaceWish } from './workplace.ts';

/**
 * The place that the role's `isolation` asks for. The run's worktree is there already.
 *
 * @throws RotaError `isolation` when this machine cannot isolate like that: it is never less than what the role says
 */
export async function openWorkplace(wish: WorkplaceWish): Promise<Workplace> {
  switch (wish.role.isolation) {
    case 'none':
      return plainWorkplace(wish);
    case 'bwrap':
      return (await import('./bwrap-workplace.ts')).bwrapWorkplace(wish);
    case 'clone': {
      const { guardClone } = await import('./guard-clone.ts');
      const { cloneWorkplace } = await import('./clone-workplace.ts');
      return cloneWorkplace(wish, await guardClone(wish));
    }
    case 'container':
      return (await import('./container-workplace.ts')).containerWorkplace(wish);
    default:
      return wish.role.isolation satisfies never;
  }
}
