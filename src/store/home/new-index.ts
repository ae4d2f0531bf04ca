import { join } from 'node:path';
import type { GitPlace, System } from '../../system/ports.ts';
import { openNeutral } from '../neutral.ts';
import type { Repository } from '../repository.ts';
import type { Journal, MovedCheckout } from './journal.ts';

/** A split index is written whole again: its shared part belongs to the index that is replaced. */
const WHOLE = ['-c', 'core.splitIndex=false'];

// Git calls that write carry the move's id as ROTA_RUN: a replay waits for one that has outlived its process.

export function placeOf(checkout: Pick<MovedCheckout, 'path' | 'gitDir'>): GitPlace {
  return { kind: 'checkout', gitDir: checkout.gitDir, workTree: checkout.path };
}

export function indexCopy(checkout: MovedCheckout): string {
  return join(checkout.admin, 'index');
}

/**
 * Makes the index that a checkout will have, on a copy: changed paths as in `new`, staged work at other paths kept. The
 * checkout's index must be held.
 *
 * @returns null, or why git cannot make it
 */
export async function buildIndex(
  system: System,
  checkout: MovedCheckout,
  journal: Journal,
): Promise<string | null> {
  const copy = indexCopy(checkout);
  for (const left of [copy, `${copy}.lock`])
    if ((await system.files.facts(left)) !== null) await system.files.removeFile(left);
  await system.files.copyFile(join(checkout.gitDir, 'index'), copy);
  const made = await system.git.run(
    placeOf(checkout),
    [...WHOLE, 'read-tree', '-m', '-i', journal.old, journal.new],
    { env: { GIT_INDEX_FILE: copy, ROTA_RUN: journal.move }, ok: [0, 1, 128] },
  );
  return made.code === 0 ? null : `git cannot bring the index along (${made.stderr.trim()})`;
}

/**
 * Puts the new index in place, with the facts of the files that are there now. To learn those git reads files, through the filters
 * that the repository's config names: in a neutral directory there are none, and a file that needs one is looked at again by
 * the person's next git.
 */
export async function installIndex(
  system: System,
  repository: Repository,
  checkout: MovedCheckout,
  journal: Journal,
): Promise<void> {
  const copy = indexCopy(checkout);
  const neutral = await openNeutral(system, repository);
  try {
    const args = [...WHOLE, '-c', `core.fileMode=${checkout.fileMode}`, 'update-index', '-q', '--refresh'];
    const options = { env: { ROTA_RUN: journal.move }, ok: [0, 1] };
    await system.git.run(neutral.at(checkout.path, copy), args, options);
  } finally {
    await neutral.close();
  }
  await system.files.rename(copy, join(checkout.gitDir, 'index'));
}
