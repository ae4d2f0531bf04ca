import { sweepAsides } from '../../store/home/asides.ts';
import { replayJournals } from '../../store/home/replay.ts';
import { healTransactions } from '../../store/refs/transaction-journal.ts';
import type { Project } from '../project/project.ts';
import { readSnapshot, type Snapshot } from '../project/snapshot.ts';
import { failureOf } from './failure.ts';
import { findDeadLocks } from './find-dead-locks.ts';
import { freeLocks } from './free-locks.ts';
import { landWhatWaits } from './land-what-waits.ts';
import { prune } from './prune.ts';
import { removeLandedBranches } from './remove-landed-branches.ts';
import { removeLeftoverBlocks } from './remove-leftover-blocks.ts';
import type { SweepReport } from './sweep-report.ts';
import { sweepWorktrees } from './sweep-worktrees.ts';
import { type Sweeping, type SweepOptions, startSweeping } from './sweeping.ts';

/**
 * Puts right what dead workers left (docs/protocols.md, "Sweeping"): half-done moves of main, locks, work that was not
 * committed, lock blocks, gated work that waits, worktrees, old files of rota's own; and follows pull requests. Safe at any time, beside live workers and
 * other sweepers; whatever one sweep leaves half done the next one ends.
 *
 * @throws RotaError `config`, `role` or `remote` when the backlog cannot be read; half-done moves are healed before that.
 *   `files` when nothing can be written
 */
export async function sweep(project: Project, options: SweepOptions): Promise<SweepReport> {
  const sweeping = startSweeping(project, options);
  try {
    return await sweepAll(sweeping);
  } finally {
    await sweeping.noted();
  }
}

async function sweepAll(sweeping: Sweeping): Promise<SweepReport> {
  const { project, options } = sweeping;
  if (!options.dryRun) {
    // Where nothing can be written nothing can be swept, and that is no finding about one task.
    await project.system.files.makeFolder(project.repository.rotaDir);
    await heal(sweeping);
  }
  let snapshot = await readSnapshot(project, !options.dryRun);
  await freeLocks(sweeping, await findDeadLocks(sweeping, snapshot), snapshot.view.main);
  snapshot = await readAgain(sweeping, snapshot);
  await removeLeftoverBlocks(sweeping, snapshot);
  snapshot = await readAgain(sweeping, snapshot);
  await landWhatWaits(sweeping, snapshot);
  snapshot = await readAgain(sweeping, snapshot);
  if (await follow(sweeping, snapshot)) snapshot = await readSnapshot(project, true);
  await sweepWorktrees(sweeping, snapshot);
  if (options.only === undefined) await removeLandedBranches(sweeping, snapshot);
  if (!options.dryRun) await tidy(sweeping);
  return sweeping.report();
}

/** Moving main looks for half-done moves itself: one that cannot be healed now is named, and keeps no lock from being freed. */
async function heal({ project, healed, add }: Sweeping): Promise<void> {
  const { system, repository } = project;
  for (const step of [healTransactions, replayJournals, sweepAsides]) {
    try {
      for (const said of await step(system, repository)) healed(said);
    } catch (error) {
      add('kept', { reason: `what a crash left half done could not be healed: ${failureOf(error)}` });
    }
  }
}

/** Loaded only where something was proposed. @returns whether a record changed */
async function follow(sweeping: Sweeping, snapshot: Snapshot): Promise<boolean> {
  if (sweeping.options.only !== undefined) return false;
  if (![...snapshot.records.values()].some(({ record }) => record?.proposal)) return false;
  const { followRequests } = await import('../follow/follow-requests.ts');
  return followRequests(sweeping, snapshot);
}

async function tidy({ project, healed, add }: Sweeping): Promise<void> {
  try {
    const said = await prune(project);
    for (const sentence of said.healed) healed(sentence);
    for (const reason of said.kept) add('kept', { reason });
  } catch (error) {
    add('kept', { reason: `rota's own old files could not be removed: ${failureOf(error)}` });
  }
}

/** The next step works on what is there now, if this sweep has changed something. */
async function readAgain({ project, options, report }: Sweeping, before: Snapshot): Promise<Snapshot> {
  const { freed, landed } = report();
  return options.dryRun || freed.length + landed.length === 0 ? before : readSnapshot(project, true);
}
