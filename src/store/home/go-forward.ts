import { join } from 'node:path';
import type { System } from '../../system/ports.ts';
import type { Repository } from '../repository.ts';
import { readHeadBranch } from './checkouts.ts';
import { releaseIndexLock } from './index-lock.ts';
import { dropJournal, type Journal, type MovedCheckout, writeJournal } from './journal.ts';
import { movePath } from './move-path.ts';
import { installIndex, placeOf } from './new-index.ts';

/**
 * Brings a locked checkout to new, after main has moved: files path by path, then the index that was built. A checkout whose
 * person switched away in the meantime is left as it is.
 *
 * @returns sentences about a person's work that was met
 */
export async function bringAlong(
  system: System,
  repository: Repository,
  checkout: MovedCheckout,
  journal: Journal,
): Promise<string[]> {
  if (!(await isStillOnMain(system, checkout, journal))) return [];
  const named: string[] = [];
  for (const [number, change] of journal.changes.entries()) {
    const sentence = await movePath(system, repository, checkout, change, number);
    if (sentence !== null) named.push(sentence);
  }
  await installIndex(system, repository, checkout, journal);
  return named;
}

/** The end of a move: marked, unlocked, cleaned up, dropped; in this order, so that a crash leaves only that to do. */
export async function finishMove(system: System, repository: Repository, journal: Journal): Promise<void> {
  if (!journal.finished && journal.checkouts.length > 0)
    await writeJournal(system, repository, { ...journal, finished: true });
  for (const checkout of journal.checkouts) {
    await releaseIndexLock(system.files, checkout, journal);
    await cleanUp(system, checkout);
  }
  await dropJournal(system, repository, journal);
}

/** Undoes what was prepared: main has not moved. Old files that are held all the same stay, as after any move. */
export async function abandonMove(system: System, repository: Repository, journal: Journal): Promise<void> {
  for (const checkout of journal.checkouts) {
    await releaseIndexLock(system.files, checkout, journal);
    await cleanUp(system, checkout);
  }
  await dropJournal(system, repository, journal);
}

/** A switch of branch needs no index lock (`switch -c`, `branch -m`): HEAD is on main, or at the commit main moved to. */
async function isStillOnMain(system: System, checkout: MovedCheckout, journal: Journal): Promise<boolean> {
  if ((await readHeadBranch(system, checkout.gitDir)) === journal.ref) return true;
  const head = await system.git.run(placeOf(checkout), ['rev-parse', '--verify', '-q', 'HEAD'], {
    ok: [0, 1, 128],
  });
  return head.stdout.toString('utf8').trim() === journal.new;
}

/** What is needed no more; the old files stay for a day (see asides.ts). */
async function cleanUp(system: System, checkout: MovedCheckout): Promise<void> {
  const { files } = system;
  await files.removeTree(join(checkout.holding, 'new'));
  if ((await files.list(join(checkout.holding, 'old'))).length === 0)
    await files.removeTree(checkout.holding);
  if (checkout.admin !== checkout.holding) return files.removeTree(checkout.admin);
  for (const name of ['lock', 'index', 'index.lock'])
    if ((await files.facts(join(checkout.admin, name))) !== null)
      await files.removeFile(join(checkout.admin, name));
}
