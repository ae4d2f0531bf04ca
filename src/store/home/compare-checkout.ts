import { join } from 'node:path';
import type { System } from '../../system/ports.ts';
import type { Repository } from '../repository.ts';
import { readIndexEntries } from './index-entries.ts';
import type { Journal, MovedCheckout } from './journal.ts';
import { asidePath } from './move-path.ts';
import { placeOf } from './new-index.ts';
import { isEntry, lookAt } from './path-state.ts';

/** Whether no path of a move was begun: nothing is held aside, and no path has come to be as in new. */
export async function isAtOld(
  system: System,
  repository: Repository,
  checkout: MovedCheckout,
  journal: Journal,
): Promise<boolean> {
  for (const [number, change] of journal.changes.entries()) {
    if ((await system.files.facts(asidePath(checkout, number))) !== null) return false;
    if (change.new === null) continue;
    const state = await lookAt(system.files, join(checkout.path, change.path), repository.objectFormat);
    if (isEntry(state, change.new, checkout.fileMode)) return false;
  }
  return true;
}

/** Whether the index has every path of a move as in new. */
export async function isIndexNew(
  system: System,
  checkout: MovedCheckout,
  journal: Journal,
): Promise<boolean> {
  const entries = await readIndexEntries(system, placeOf(checkout), journal.changes, []);
  const staged = new Map(entries.map((entry) => [entry.path, entry]));
  return journal.changes.every((change) => {
    const entry = staged.get(change.path);
    return change.new === null
      ? entry === undefined
      : entry?.oid === change.new.oid && entry.mode === change.new.mode;
  });
}
