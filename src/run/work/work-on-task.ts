import { join } from 'node:path';
import { RotaError } from '../../errors.ts';
import { publishLock } from '../claim/publish-lock.ts';
import { provisionWorktree } from '../gate/provision-worktree.ts';
import { landOrUnreserve } from '../land/land-or-unreserve.ts';
import type { LandingEnd, LandingWork } from '../land/landing-work.ts';
import { provisionedFileOf } from '../project/run-folder.ts';
import { readReach } from '../project/tamper-reach.ts';
import { makeWorktree } from '../worktree/make-worktree.ts';
import type { ActiveRun, Ending } from './active-run.ts';
import { NO_PROPOSALS, proposeTasks } from './propose-tasks.ts';
import { environmentOf } from './run-environment.ts';
import { settleIn } from './settle-in.ts';
import { startAtGate } from './start-at-gate.ts';
import type { FinishedTurn } from './take-turn.ts';
import { takeTurns } from './take-turns.ts';
import { firstPrompt, type NextTurn, promptAfter } from './turn-prompts.ts';

/**
 * The work itself: worktree, setup, then turns of the agent until something lands or ends the run. A red gate, a conflict and
 * a task that changed meanwhile give the agent another turn, as often as its role's `fixes` say.
 */
export async function workOnTask(run: ActiveRun): Promise<Ending> {
  await openWorktreeAndShowLock(run);
  await settleIn(run);
  const setup = await provision(run);
  if (setup !== null) return setup;
  lookAround(run);
  const again = await startAtGate(run);
  let next: NextTurn | Ending = await firstPrompt(run);
  if (again !== null) {
    const end = await land(run, again);
    const following = await promptAfter(run, end, 1);
    if ('outcome' in following) return following;
    next = following;
  }
  if ('outcome' in next) return next;
  return takeTurns(run, next, async (finished, turn) => land(run, await landingWork(run, finished, turn)));
}

/** Beside the making of the prompt. What fails is told to who waits for it. */
function lookAround(run: ActiveRun): void {
  if (run.workplace!.confined) return;
  run.looked = readReach(run.project);
  run.looked.catch(() => undefined);
}

/** Side by side, for nothing waits for the shown lock; and both to their end, also when one fails. */
async function openWorktreeAndShowLock(run: ActiveRun): Promise<void> {
  const both = await Promise.allSettled([openWorktree(run), showLock(run)]);
  for (const one of both) if (one.status === 'rejected') throw one.reason;
}

/** What cannot be shown stays unshown: it is never needed for exclusion. */
async function showLock({ project, lock, claim, tell }: ActiveRun): Promise<void> {
  try {
    await publishLock(project, lock, claim);
  } catch (error) {
    if (!(error instanceof RotaError)) throw error;
    const message = `the lock could not be shown in ${claim.task.file}: ${error.message}`;
    tell({ type: 'notice', level: 'warning', message });
  }
}

async function openWorktree(run: ActiveRun): Promise<void> {
  const { project, claim, id, role } = run;
  run.step('worktree', 'started');
  const path = join(project.worktrees, claim.branch);
  const reason = `rota: ${role.name} works on ${claim.task.id}, run ${id}`;
  const made = await run.watch.time('worktree', () =>
    makeWorktree(project, {
      run: id,
      branch: claim.branch,
      path,
      tip: claim.main,
      reason,
      disposable: claim.snapshot.config.disposable,
    }),
  );
  run.worktree = made;
  await run.folder.note({ worktree: path, adminDir: made.adminDir, base: made.base });
  run.step('worktree', 'done', made.resumed ? `${path} (resumed)` : path);
}

/** Runs `copy` and `setup` in the worktree; null: it is ready. */
export async function provision(run: ActiveRun): Promise<Ending | null> {
  const { project, claim, folder } = run;
  const { config } = claim.snapshot;
  const worktree = run.worktree!;
  if (config.setup.length === 0 && config.copy.length === 0) return null;
  run.step('setup', 'started');
  const { repository, system } = project;
  const home = repository.bare ? null : repository.root;
  const end = await run.watch.time('setup', () =>
    provisionWorktree(system, {
      worktree: worktree.path,
      place: { kind: 'checkout', gitDir: worktree.adminDir, workTree: worktree.path },
      home,
      copy: config.copy,
      setup: config.setup,
      env: environmentOf(run),
      wrap: (start) => run.workplace!.wrap(start),
      run: run.id,
      outputFile: (n) => folder.file(`setup-${n}.log`),
      provisionedFile: folder.provisionedFile,
      leftFile: worktree.leftBy === null ? null : provisionedFileOf(repository, worktree.leftBy),
      stop: run.stop,
    }),
  );
  if (end.kind === 'ready') {
    for (const left of end.notCopied)
      run.tell({ type: 'notice', level: 'info', message: `not copied: ${left}` });
    run.step('setup', 'done');
    return null;
  }
  run.step('setup', 'failed');
  if (end.kind === 'interrupted') return { outcome: 'interrupted', reason: 'stopped during setup' };
  return { outcome: 'failed', reason: `setup failed: ${end.command}`, details: end.tail };
}

async function landingWork(
  run: ActiveRun,
  { tip, result, summary }: FinishedTurn,
  { words }: NextTurn,
): Promise<LandingWork> {
  const { lock, role, claim, agent, folder, stop, nextGate, project } = run;
  const proposed = result?.tasks ?? [];
  const allowed = role.mayAddTasks ? proposed : [];
  if (allowed.length < proposed.length) {
    const message = `role ${role.name} may not add tasks: ${proposed.length} proposed in ${folder.resultFile} were left there`;
    run.tell({ type: 'notice', level: 'warning', message });
  }
  const proposals =
    allowed.length === 0 ? NO_PROPOSALS : await proposeTasks(project, lock.record.lock!, allowed);
  return {
    lock,
    role,
    branch: claim.branch,
    tip,
    words,
    proposals,
    commit: result?.commit ?? null,
    summary,
    criteria: result?.criteria ?? [],
    agent: `${agent.name}: ${agent.description}`,
    gated: null,
    accept: null,
    folder: folder.path,
    nextGate,
    stop,
  };
}

/** Lands, and gives the reserved ids back if nothing landed. */
async function land(run: ActiveRun, work: LandingWork): Promise<LandingEnd> {
  run.step('gate', 'started');
  const from = run.project.system.clock.monotonic();
  const end = await landOrUnreserve(run.project, work);
  const gate = end.checks.reduce((sum, { seconds }) => sum + seconds, 0);
  run.watch.add('gate', gate);
  run.watch.add('land', (run.project.system.clock.monotonic() - from) / 1000 - gate);
  const reached = end.kind === 'landed' || end.kind === 'proposed';
  run.step(
    reached ? 'land' : 'gate',
    reached ? 'done' : 'failed',
    end.kind === 'landed'
      ? end.commit.slice(0, 8)
      : end.kind === 'proposed'
        ? (end.pr ?? 'pushed')
        : end.kind,
  );
  return end;
}
