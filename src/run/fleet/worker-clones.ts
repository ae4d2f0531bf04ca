import { join } from 'node:path';
import { cacheHome } from '../../store/cache-home.ts';
import type { System } from '../../system/ports.ts';

/** Where `rota worker` has its clones: `<name>-<id>`, and beside each a file `<name>-<id>.worker` that says whose it is. */
export function workerClonesFolder(system: System): string {
  return join(cacheHome(system), 'rota', 'workers');
}

/** The file that names the process of a clone. */
export function ownerFileOf(clone: string): string {
  return `${clone}.worker`;
}
