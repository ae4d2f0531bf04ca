import { join } from 'node:path';
import type { System } from '../../system/ports.ts';

/** Between writing a file and noting when it last changed, milliseconds; file systems are not exact. */
const MOST_APART = 2000;
const LIMIT = 60_000;

/**
 * Whether nothing in a snapshot has changed since it was complete, by the times that only the system sets: one `find`, which takes
 * a fraction of what the copy takes. Where there is no find that knows this, it counts as untouched.
 *
 * @param path of the snapshot; its file `entries` was written last
 */
export async function isUntouched({ files, processes, environment }: System, path: string): Promise<boolean> {
  const last = join(path, 'entries');
  const facts = await files.facts(last);
  if (facts === null) return false;
  // Who moves the mark itself forward hides nothing.
  if (facts.kind !== 'file' || Math.abs(facts.ctimeMs - facts.mtimeMs) > MOST_APART) return false;
  const found = await processes.run({
    argv: ['find', join(path, 'files'), '-cnewer', last, '-print'],
    cwd: '/',
    env: { PATH: environment.variables['PATH'] ?? '', LC_ALL: 'C' },
    timeLimit: LIMIT,
    mostOutput: 1,
  });
  return found.stdout.length === 0;
}
