import { basename, join } from 'node:path';
import { RotaError } from '../../errors.ts';
import type { Place } from '../../schedule/planned.ts';
import type { Repository } from '../../store/repository.ts';
import type { System } from '../../system/ports.ts';

/** Where the person keeps things, when it is not where most do: the same caches and settings then, whoever starts rota. */
const PLACES = ['XDG_CONFIG_HOME', 'XDG_CACHE_HOME', 'XDG_STATE_HOME', 'TMPDIR'];

/**
 * Where schedules of this repository start rota on this machine.
 *
 * @param rota how this very command was started, absolute
 * @throws RotaError `usage` without a HOME
 */
export function placeOf(system: System, repository: Repository, rota: readonly string[]): Place {
  const { variables } = system.environment;
  const home = variables['HOME'] ?? '';
  if (home === '')
    throw new RotaError('usage', 'HOME is not set: a schedule would not find its folder.', null);
  // The cache folder's name is made of the repository's name and a hash of its path: one of two clones is not the other.
  const name = basename(repository.cacheDir)
    .toLowerCase()
    .replace(/[^a-z0-9-]+/g, '-');
  return {
    name,
    folder: repository.root,
    rota,
    path: variables['PATH'] ?? '/usr/local/bin:/usr/bin:/bin',
    variables: Object.fromEntries(
      PLACES.flatMap((key) => (variables[key] === undefined ? [] : [[key, variables[key]]])),
    ),
    home,
    logs: join(home, '.local/state/rota', name),
    envFile: join(home, '.config/rota', name, 'env'),
  };
}
