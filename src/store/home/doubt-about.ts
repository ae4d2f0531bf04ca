import type { System } from '../../system/ports.ts';
import type { Repository } from '../repository.ts';
import { type Checkout, listCheckouts } from './checkouts.ts';
import { diffPaths } from './diff-paths.ts';
import type { Journal, MovedCheckout } from './journal.ts';

/**
 * Why a journal of a dead process is not to be believed, or null. Its checkouts are the repository's own, where git has them
 * now; if main has moved, its paths are exactly those that its two commits differ by.
 */
export async function doubtAbout(
  system: System,
  repository: Repository,
  journal: Journal,
  main: string | null,
): Promise<string | null> {
  const known = await listCheckouts(system, repository);
  for (const checkout of journal.checkouts)
    if (!(await isTheirs(system, checkout, known)))
      return `${checkout.path} is no checkout of this repository`;
  if (journal.finished || main !== journal.new) return null;
  const { changes } = await diffPaths(system, repository, journal.old, journal.new);
  return JSON.stringify(changes) === JSON.stringify(journal.changes)
    ? null
    : 'its paths are not those that its commits differ by';
}

/** One that git does not know any more was deleted, folder and all: then there is nothing to touch. */
async function isTheirs(
  system: System,
  { path, gitDir }: MovedCheckout,
  known: readonly Checkout[],
): Promise<boolean> {
  const same = known.find((checkout) => checkout.gitDir === gitDir);
  if (same !== undefined) return same.path === path;
  return (await system.files.facts(path)) === null && (await system.files.facts(gitDir)) === null;
}
