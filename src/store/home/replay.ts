import { join } from 'node:path';
import type { System } from '../../system/ports.ts';
import { readRefs } from '../refs/local-transaction.ts';
import { removeOwnLocks } from '../refs/ref-locks.ts';
import { timeOf } from '../refs/transaction-journal.ts';
import type { Repository } from '../repository.ts';
import { isAtOld, isIndexNew } from './compare-checkout.ts';
import { doubtAbout } from './doubt-about.ts';
import { abandonMove, bringAlong, finishMove } from './go-forward.ts';
import { hasHeldIndex, holdsIndexLock } from './index-lock.ts';
import {
  dropTornJournals,
  giveUp,
  type Journal,
  journalPath,
  type MovedCheckout,
  readJournals,
  takeOver,
} from './journal.ts';
import { codeOf } from './link-new.ts';
import { buildIndex } from './new-index.ts';
import { isDead } from './owner.ts';

/**
 * Ends the moves of main that dead processes left half done: undone if main had not moved, else finished. Safe to repeat; a
 * live process's move is left alone.
 *
 * @returns sentences about what was done or found
 */
export async function replayJournals(system: System, repository: Repository): Promise<string[]> {
  const { journals, unreadable } = await readJournals(system, repository);
  const said = unreadable.map(
    (path) =>
      `The journal ${path} cannot be read: it is damaged, names something outside this repository, or is of a newer rota. Nothing was touched. ${byHand(path)}`,
  );
  for (const journal of journals)
    if (await isDead(system, journal.owner)) said.push(...(await replayOne(system, repository, journal)));
  await dropTornJournals(system, repository);
  return said;
}

async function replayOne(system: System, repository: Repository, dead: Journal): Promise<string[]> {
  // A git that has outlived its process may still move main or write the index: the next replay finds it gone.
  if ((await system.processTable.ofRun(dead.move)).length > 0) return [];
  const main = (await readRefs(system, repository, [dead.ref])).get(dead.ref) ?? null;
  const doubt = await doubtAbout(system, repository, dead, main);
  if (doubt !== null) {
    const path = journalPath(repository, dead);
    return [`The journal ${path} is not believed: ${doubt}. Nothing was touched. ${byHand(path)}`];
  }
  if (!dead.finished) {
    const refs = [dead.ref, ...dead.refs.map((change) => change.ref)];
    const since = dead.since ?? (await timeOf(system, journalPath(repository, dead)));
    const locks = await removeOwnLocks(system, repository, refs, since);
    if (locks.length > 0)
      return [
        `Lock files of a git that died are in the way: ${locks.join(', ')}. If no git is running in this repository, remove them.`,
      ];
  }
  const journal = await takeOver(system, repository, dead);
  if (journal === null) return [];
  let said: string[];
  try {
    said = await replay(system, repository, journal);
  } catch (error) {
    if (codeOf(error) === '') throw error;
    said = [
      `A half-done move of main to ${short(journal.new)} could not be finished: ${(error as Error).message}`,
    ];
  }
  await giveUp(system, repository, journal);
  return said;
}

async function replay(system: System, repository: Repository, journal: Journal): Promise<string[]> {
  if (journal.finished) {
    await finishMove(system, repository, journal);
    return [];
  }
  const main = (await readRefs(system, repository, [journal.ref])).get(journal.ref) ?? null;
  // Old files that are held: main had moved, and was put back.
  if (main === journal.old && !(await holdsOldFiles(system, journal))) {
    await abandonMove(system, repository, journal);
    return [`A move of main to ${short(journal.new)} had been prepared only; it was undone.`];
  }
  return main === journal.new
    ? goForward(system, repository, journal)
    : leave(system, repository, journal, main);
}

/** Main is at new: all indexes were locked before that, so each checkout that still has our lock is ours to finish. */
async function goForward(system: System, repository: Repository, journal: Journal): Promise<string[]> {
  const said: string[] = [];
  let open = false;
  for (const checkout of journal.checkouts) {
    if ((await system.files.facts(checkout.path)) === null) continue;
    if (await holdsIndexLock(system.files, checkout, journal)) {
      const refusal = await buildIndex(system, checkout, journal);
      if (refusal !== null) {
        open = true;
        said.push(`${checkout.path} could not be brought along: ${refusal}. ${wayOut(checkout, journal)}`);
      } else said.push(...(await bringAlong(system, repository, checkout, journal)));
    } else if (!(await isIndexNew(system, checkout, journal))) {
      open = true;
      said.push(
        `Main moved to ${short(journal.new)}, but ${checkout.path} was not brought along and its index lock is not rota's any more; nothing was touched there. ${wayOut(checkout, journal)}`,
      );
    }
  }
  if (open) return said;
  await finishMove(system, repository, journal);
  return [...said, `A half-done move of main to ${short(journal.new)} was finished.`];
}

/** Main is somewhere else by now. What was not begun is undone; what was is a person's to judge. */
async function leave(
  system: System,
  repository: Repository,
  journal: Journal,
  main: string | null,
): Promise<string[]> {
  const begun: MovedCheckout[] = [];
  // A later move may have brought a path to what this one wanted: that is no sign of it.
  for (const checkout of journal.checkouts)
    if (
      (await hasHeldIndex(system.files, checkout)) &&
      !(await isAtOld(system, repository, checkout, journal))
    )
      begun.push(checkout);
  if (begun.length === 0) {
    await abandonMove(system, repository, journal);
    return [`A move of main to ${short(journal.new)} had been prepared only; it was undone.`];
  }
  return begun.map(
    (checkout) =>
      `Main is at ${main === null ? 'no commit' : short(main)}, but ${checkout.path} was left in the middle of a move from ${short(journal.old)} to ${short(journal.new)}; nothing was touched. Compare with "git -C ${checkout.path} diff HEAD", then remove ${checkout.gitDir}/index.lock and ${journalPath(repository, journal)}; old files are in ${checkout.holding}.`,
  );
}

async function holdsOldFiles(system: System, journal: Journal): Promise<boolean> {
  for (const { holding } of journal.checkouts)
    if ((await system.files.list(join(holding, 'old'))).length > 0) return true;
  return false;
}

function byHand(path: string): string {
  return `Look at "git status" in the checkouts of main, then remove ${path}, and an index.lock that names the same move.`;
}

function wayOut(checkout: MovedCheckout, journal: Journal): string {
  return `Finish it with: git -C ${checkout.path} read-tree -m -u ${journal.old} ${journal.new}`;
}

function short(oid: string): string {
  return oid.slice(0, 10);
}
