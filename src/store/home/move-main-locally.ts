import { RotaError } from '../../errors.ts';
import type { System } from '../../system/ports.ts';
import type { MainMove, MoveMain, MoveResult } from '../move-main.ts';
import { commitRefs, readRefs } from '../refs/local-transaction.ts';
import type { Repository } from '../repository.ts';
import { awaitSwitches } from './await-switches.ts';
import { type Checkout, listCheckouts } from './checkouts.ts';
import { diffPaths, type PathChanges } from './diff-paths.ts';
import { abandonMove, bringAlong, finishMove } from './go-forward.ts';
import { findIndexHolders, type HeldIndex } from './index-holders.ts';
import { giveUp, type Journal, journalPath, newJournal, writeJournal } from './journal.ts';
import { bringLateCheckouts } from './late-checkouts.ts';
import { codeOf } from './link-new.ts';
import { prepareCheckout } from './prepare-checkout.ts';
import { replayJournals } from './replay.ts';
import { surveyCheckout } from './survey.ts';

export interface HomeOptions {
  /** Short name of the branch that is main. */
  readonly branch: string;
  /** Whether a checkout at this path is one of rota's worktrees: those are not looked at. */
  readonly isOwn: (path: string) => boolean;
}

/** How long a held index is waited for, in milliseconds. Only progress rests on it. */
const PATIENCE = { other: 300, move: 4_000 };

/** Of everything that can be in the way. */
const WAY_OUT = 'Settle that, or switch that checkout to another branch: then main moves without it.';

/** An index was held, or came to be held: nothing was changed. */
type Busy = { readonly kind: 'busy' };

/**
 * Moves main in a repository without a remote, and with it every checkout that a person has on main, without touching their
 * work (docs/protocols.md, "Moving main"). Either everything moves, or nothing does and the result says what is in the way; a
 * crash in between is healed by `replayJournals`.
 */
export function moveMainLocally(system: System, repository: Repository, options: HomeOptions): MoveMain {
  return async (move) => {
    const begun = system.clock.monotonic();
    let replayed = false;
    for (;;) {
      const holders = await findIndexHolders(system, repository, options);
      const waited = system.clock.monotonic() - begun;
      const main = holders.filter((holder) => holder.onMain);
      const limit = main.some((holder) => holder.kind === 'move') ? PATIENCE.move : PATIENCE.other;
      if (holders.length === 0 || (main.length === 0 && waited >= limit)) {
        const result = await attempt(system, repository, options, move);
        if (result.kind !== 'busy') return result;
      }
      const dead = holders.some((holder) => holder.kind === 'dead');
      // Once at least, however slow this machine is: what a dead process left is nobody's to wait for.
      if (waited >= (main.length === 0 ? PATIENCE.move : limit) && (!dead || replayed))
        return indexLocked(main);
      if (dead) await replayJournals(system, repository);
      replayed ||= dead;
      await system.clock.wait(8 + 16 * system.random.fraction());
    }
  };
}

function indexLocked(holders: readonly HeldIndex[]): MoveResult {
  const paths = holders.map((holder) => ` (${holder.gitDir}/index.lock)`).join(',');
  return {
    kind: 'in-the-way',
    reason: `The index of a checkout is locked${paths}: git is at work there, or one that died left the file; then remove it.`,
  };
}

async function attempt(
  system: System,
  repository: Repository,
  options: HomeOptions,
  move: MainMove,
): Promise<MoveResult | Busy> {
  const ref = `refs/heads/${options.branch}`;
  const [checkouts, paths] = await Promise.all([
    listCheckouts(system, repository),
    diffPaths(system, repository, move.old, move.new),
  ]);
  const theirs = checkouts.filter((checkout) => !options.isOwn(checkout.path));
  const homes = theirs.filter((checkout) => checkout.holds.includes(ref));
  if (homes.some((home) => home.branch === ref && home.head !== move.old))
    return { kind: 'stale', refs: [ref] };
  const away = homes.find((home) => home.missing && home.locked !== null);
  if (away !== undefined)
    return {
      kind: 'in-the-way',
      reason: `The checkout ${away.path} is on main, is locked, and is not there.`,
    };
  const present = homes.filter((home) => !home.missing);
  const others = theirs.filter((checkout) => !checkout.missing && !present.includes(checkout));
  const journal = newJournal(system, { ...move, ref }, paths.changes);
  return journey(system, repository, journal, { homes: present, others, paths });
}

async function journey(
  system: System,
  repository: Repository,
  empty: Journal,
  found: { homes: Checkout[]; others: Checkout[]; paths: PathChanges },
): Promise<MoveResult | Busy> {
  let journal = empty;
  const prepared = await undoing(
    system,
    repository,
    () => journal,
    async () => {
      const reason = await prepareHomes();
      if (reason !== null) return reason;
      const swap = await transact(system, repository, journal);
      return swap.kind === 'swapped' ? null : swap;
    },
  );
  if (prepared !== null) return prepared;
  return { kind: 'moved', named: await forward(system, repository, journal, found) };

  async function prepareHomes(): Promise<MoveResult | Busy | null> {
    const { homes, paths } = found;
    if (homes.length === 0) return null;
    if (paths.unsupported.length > 0) return inTheWay(homes[0]!, paths.unsupported);
    const surveys = [];
    for (const home of homes) {
      const survey = await surveyCheckout(system, repository, home, journal.ref, journal.changes);
      if (survey.problems.length > 0) return inTheWay(home, survey.problems);
      surveys.push(survey);
    }
    for (const survey of surveys) {
      const result = await prepareCheckout(system, repository, survey, journal, async (next) => {
        journal = next;
        await writeJournal(system, repository, next);
      });
      if (result.kind === 'busy') return { kind: 'busy' };
      if (result.kind === 'in-the-way') return inTheWay(survey.checkout, result.problems);
    }
    return null;
  }
}

/** Runs the part before main moves: whatever ends it without moving main, what was prepared is undone. */
async function undoing<T>(
  system: System,
  repository: Repository,
  journal: () => Journal,
  action: () => Promise<T | null>,
): Promise<T | MoveResult | null> {
  const undo = async () => {
    if (journal().checkouts.length > 0) await abandonMove(system, repository, journal());
  };
  const undoUnlessMoved = async () => {
    const now = await readRefs(system, repository, [journal().ref]);
    if (now.get(journal().ref) !== journal().new) await undo();
  };
  let result: T | null;
  try {
    result = await action();
  } catch (error) {
    // If even this fails, the journal is still there and sweep decides; the first error is the one that counts.
    await undoUnlessMoved().catch(() => undefined);
    if (error instanceof RotaError && error.code === 'in-the-way')
      return { kind: 'in-the-way', reason: error.message };
    throw error;
  }
  if (result !== null) await undo();
  return result;
}

/** Step 5. When git fails, where main is decides. */
async function transact(
  system: System,
  repository: Repository,
  journal: Journal,
): Promise<{ kind: 'swapped' } | { kind: 'stale'; refs: readonly string[] }> {
  const changes = [
    { ref: journal.ref, from: journal.old, to: journal.new },
    ...journal.refs.filter((change) => change.ref !== journal.ref),
  ];
  const options = { message: `rota: ${journal.move.split('.')[0]}`, mark: journal.move };
  const covered =
    journal.checkouts.length > 0 ? { ...options, journal: journalPath(repository, journal) } : options;
  try {
    return await commitRefs(system, repository, changes, covered);
  } catch (error) {
    if (!(error instanceof RotaError)) throw error;
    const now = await readRefs(system, repository, [journal.ref]);
    if (now.get(journal.ref) === journal.new) return { kind: 'swapped' };
    throw error;
  }
}

/** Steps 6 to 8. Main has moved: a failure now is named, and the journal stays for sweep to finish. */
async function forward(
  system: System,
  repository: Repository,
  journal: Journal,
  { others, paths }: { others: readonly Checkout[]; paths: PathChanges },
): Promise<string[]> {
  const named: string[] = [];
  let current = journal;
  try {
    for (const checkout of journal.checkouts)
      named.push(...(await bringAlong(system, repository, checkout, journal)));
    const late = await bringLateCheckouts(system, repository, journal, others, paths.unsupported);
    named.push(...late.named);
    current = late.journal;
    if (late.journal.checkouts.length > 0) await finishMove(system, repository, late.journal);
    // Git names main as the last step of a switch: one that was under way shows only when it has ended.
    await awaitSwitches(
      system,
      late.others.map((checkout) => checkout.path),
    );
    const again = { ...journal, checkouts: [] };
    const last = await bringLateCheckouts(system, repository, again, late.others, paths.unsupported);
    named.push(...last.named);
    current = last.journal;
    if (last.journal.checkouts.length > 0) await finishMove(system, repository, last.journal);
  } catch (error) {
    if (codeOf(error) === '') throw error;
    // If even this fails, the journal is sweep's as soon as this process has ended.
    await giveUp(system, repository, current).catch(() => undefined);
    named.push(
      `Main has moved, but a checkout could not be brought along completely (${(error as Error).message}). "rota sweep" finishes it.`,
    );
  }
  return named;
}

function inTheWay(checkout: Checkout, problems: readonly string[]): MoveResult {
  const shown = problems.slice(0, 5).join('; ');
  const more = problems.length > 5 ? `; and ${problems.length - 5} more` : '';
  return { kind: 'in-the-way', reason: `In the checkout ${checkout.path}: ${shown}${more}. ${WAY_OUT}` };
}
