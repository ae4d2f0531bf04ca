import { RotaError } from '../../errors.ts';
import { decideRelease, type Release } from '../../plan/release.ts';
import type { EndedRun } from '../../plan/streak.ts';
import { formatLogLine } from '../../task/log-line.ts';
import { plainText } from '../../task/text.ts';
import { adoptLock } from '../claim/held-lock.ts';
import { keptCommits } from '../claim/kept-commits.ts';
import { releaseLock } from '../claim/release-lock.ts';
import { readContract } from '../land/read-contract.ts';
import { readSides } from '../land/sides.ts';
import { countRun } from '../streak/count-run.ts';
import { commitOf } from '../worktree/ancestry.ts';
import { commitLeftovers } from '../worktree/commit-leftovers.ts';
import { removeWorktree } from '../worktree/remove-worktree.ts';
import type { Worktree } from '../worktree/worktree.ts';
import type { ActiveRun, Ending } from './active-run.ts';
import { pushBranch } from './push-branch.ts';
import { gateLine, type RunResult } from './run-result.ts';

/** Servers say what they like: a date has to come out of it. */
const LONGEST_WAIT = 30 * 24 * 60 * 60_000;
/** Log lines in a record: the newest so many. */
const MOST_LOG = 50;

/**
 * The end of every run, signals included: work committed, outcome and log recorded, lock released, worktree unlocked, and
 * removed if nothing would be lost by it.
 */
export async function releaseRun(run: ActiveRun, wished: Ending): Promise<RunResult> {
  let ending = run.mask.deep(wished);
  run.step('release', 'started');
  if (run.worktree !== null && ending.outcome !== 'landed') await keepWork(run, run.worktree, ending);
  if (ending.outcome !== 'landed') ending = await releaseOrSay(run, ending);
  const landed = ending.outcome === 'landed' ? (ending.commit ?? null) : null;
  if (landed !== null) await removeRemoteBranch(run, landed);
  const settled = landed ?? pushedElsewhere(run, ending);
  const removed = run.worktree === null || (await removeOwnWorktree(run, settled));
  run.step('release', 'done');
  run.tell({ type: 'outcome', outcome: ending.outcome, reason: whyOf(ending) });
  await countRun(run.project, run.role.name, endedRun(run, ending), run.tell);
  const result = resultOf(run, ending, removed);
  await noteEnd(run, ending);
  return result;
}

/** Of a request: where it is, and what is left to do. */
function whyOf({ outcome, pr = null, reason }: Ending): string | null {
  return outcome === 'proposed' && pr !== null ? [pr, reason].filter(Boolean).join('; ') : reason;
}

/** Without this note the run counts as dead once this process is gone, and sweep notes it. */
async function noteEnd({ folder, project, tell, meter }: ActiveRun, { outcome }: Ending): Promise<void> {
  try {
    await folder.note({
      outcome,
      usage: meter.total(),
      ended: project.system.clock.now().toISOString(),
      pgid: null,
    });
  } catch (error) {
    if (!(error instanceof RotaError)) throw error;
    const message = `the end of the run could not be noted: ${error.message}`;
    tell({ type: 'notice', level: 'warning', message });
  }
}

/** Best effort: whatever fails after a landing, it has landed. */
async function removeRemoteBranch({ project, claim, tell }: ActiveRun, landed: string): Promise<void> {
  try {
    await project.branches?.remove(`refs/heads/${claim.branch}`, landed);
  } catch (error) {
    if (!(error instanceof RotaError)) throw error;
    const message = `${claim.branch} is still on the remote: ${error.message}`;
    tell({ type: 'notice', level: 'warning', message });
  }
}

/** Work that cannot be committed or pushed now stays in its worktree; the lock goes back all the same. */
async function keepWork(run: ActiveRun, worktree: Worktree, ending: Ending): Promise<void> {
  const message = `chore(${run.claim.task.id}): unfinished work (${ending.outcome})`;
  try {
    await commitLeftovers(run.project, worktree, message);
    // Of somebody's request nothing goes to the remote but what its gate was green on.
    if (run.lock.request !== true) await pushKeptWork(run, ending);
  } catch (error) {
    if (!(error instanceof RotaError)) throw error;
    const what = `the work could not be put away, it is in ${worktree.path}: ${error.message}`;
    run.tell({ type: 'notice', level: 'warning', message: what });
  }
}

/** Another machine may go on with it. What breaks the contract, a secret perhaps, stays on this one. */
async function pushKeptWork(run: ActiveRun, { outcome }: Ending): Promise<void> {
  const { project, claim, role } = run;
  // What is proposed is there, with one commit more.
  if (project.branches === null || ['refused', 'held', 'proposed'].includes(outcome)) return;
  const tip = await commitOf(project, `refs/heads/${claim.branch}`);
  if (tip === null || tip === run.worktree?.base) return;
  const { main } = await project.refs.last();
  const { publish, proposal } = run.lock.record;
  const { config } = claim.snapshot;
  const sides = await readSides(project, main, tip);
  const wish = { role, task: claim.task, config, sides, publish, proposal };
  const findings = await readContract(project, wish);
  const why = findings[0]?.message ?? (await pushBranch(project, claim.branch));
  if (why === null) return;
  const message = `${claim.branch} was not pushed: ${plainText(why)}`;
  run.tell({ type: 'notice', level: 'warning', message });
}

/** A remote that is gone, or a full disk, must not hide how the run ended: the lock stays, and a sweep frees it once this process is over. */
async function releaseOrSay(run: ActiveRun, ending: Ending): Promise<Ending> {
  try {
    await release(run, ending);
    return ending;
  } catch (error) {
    if (!(error instanceof RotaError)) throw error;
    const message = `the lock could not be given back, the next rota sweep frees it: ${error.message}`;
    run.tell({ type: 'notice', level: 'warning', message });
    if (ending.outcome === 'interrupted') return ending;
    return { ...ending, outcome: 'failed', reason: [ending.reason, message].filter(Boolean).join('; ') };
  }
}

async function release(run: ActiveRun, ending: Ending): Promise<void> {
  const { project, lock, role, id } = run;
  const now = project.system.clock.now();
  const event = formatLogLine({
    at: now,
    role: role.name,
    task: run.claim.task.id,
    event: ending.outcome,
    detail: plainText(whyOf(ending) ?? '').slice(0, 300),
  });
  for (let tries = 0; tries < 3; tries++) {
    const record = { ...lock.record, log: [...lock.record.log, event].slice(-MOST_LOG) };
    const decided = decideRelease({
      outcome: ending.outcome,
      record,
      role,
      run: id,
      reason: ending.reason,
      question: ending.question ?? null,
      details: [run.met, ending.details ?? null].filter((part) => part !== null).join('\n') || null,
      waiting: ending.waiting ?? null,
      pr: ending.pr ?? null,
      notBefore: earliest(ending, now),
      now,
      random: project.system.random.fraction(),
    });
    const { note, statusOnMain, removeBlock } = onMain(run, decided);
    const released = await releaseLock(project, {
      run: id,
      role: role.name,
      key: lock.key,
      token: lock.token,
      record: recordOf(run, ending, decided),
      keep: keptCommits(recordOf(run, ending, decided)),
      note:
        note === null
          ? null
          : `${now.toISOString().slice(0, 16).replace('T', ' ')} UTC, ${role.name}, ${ending.outcome}: ${note}`,
      statusOnMain,
      removeBlock,
    });
    // A renewal of our own may have raced; another holder's lock is left alone.
    if (released === 'released' || !(await adoptLock(project, lock))) return;
  }
}

function endedRun({ id, claim }: ActiveRun, ending: Ending): EndedRun {
  const { outcome, reason, failure = null, spent = null } = ending;
  const client = { failure: failure?.kind ?? null, retryAfter: failure?.retryAfter ?? null };
  return { run: id, task: claim.task.id, outcome, reason, ...client, spent: spent !== null };
}

/** When another try makes sense at the earliest; null: nobody knows. */
function earliest({ spent = null, failure = null }: Ending, now: Date): string | null {
  if (spent !== null) return spent.frees;
  const wait = failure?.retryAfter ?? null;
  return wait === null ? null : new Date(now.getTime() + Math.min(wait, LONGEST_WAIT)).toISOString();
}

/** A request that was gone on with has no record: it is its author's again. */
function recordOf({ lock }: ActiveRun, { outcome }: Ending, { record }: Release): Release['record'] {
  if (lock.request !== true || record === null) return record;
  return outcome === 'proposed' || record.notes.length === 0 ? null : { ...record, log: [] };
}

/** What is on the branch of somebody's request is not lost with the worktree. */
function pushedElsewhere({ lock }: ActiveRun, { outcome, commit }: Ending): string | null {
  return lock.request === true && outcome === 'proposed' ? (commit ?? null) : null;
}

/** With pull requests only people move main: what happened to the task is in its record. */
function onMain({ claim }: ActiveRun, decided: Release): Omit<Release, 'record'> {
  if (claim.snapshot.config.integrate === 'merge') return decided;
  return { note: null, statusOnMain: null, removeBlock: false };
}

async function removeOwnWorktree(
  { project, claim, worktree, folder, id, tell }: ActiveRun,
  landed: string | null,
): Promise<boolean> {
  const { removed, reason, rescued } = await removeWorktree(project, {
    task: claim.task.id,
    worktree: worktree!,
    provisionedFile: folder.provisionedFile,
    disposable: claim.snapshot.config.disposable,
    landed,
    run: id,
  });
  if (rescued !== null)
    tell({ type: 'notice', level: 'info', message: `ignored files were kept in ${rescued}` });
  if (!removed) tell({ type: 'notice', level: 'info', message: `kept ${worktree!.path}: ${reason}` });
  return removed;
}

function resultOf(run: ActiveRun, ending: Ending, removed: boolean): RunResult {
  return {
    outcome: ending.outcome,
    role: run.role.name,
    task: run.claim.task.id,
    run: run.id,
    branch: run.claim.branch,
    worktree: removed ? null : (run.worktree?.path ?? null),
    commit: ending.commit ?? null,
    pr: ending.pr ?? null,
    reason: ending.reason,
    gate: (ending.checks ?? []).map(gateLine),
    usage: run.meter.total(),
    seconds: run.watch.read(),
  };
}
