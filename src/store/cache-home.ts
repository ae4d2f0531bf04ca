import { join } from 'node:path';
import type { System } from '../system/ports.ts';

/** The folder of disposable things of this user, as XDG says. */
export function cacheHome({ environment }: Pick<System, 'environment'>): string {
  const { variables } = environment;
  return variables['XDG_CACHE_HOME'] ?? join(variables['HOME'] ?? '/tmp', '.cache');
}
