import { RotaError } from '../../errors.ts';
import type { RotaEvent } from '../../events.ts';
import { claimedRecord } from '../../plan/claimed-record.ts';
import type { HeldRecord, LockRecord, TaskRecord } from '../../plan/record.ts';
import { decideRelease } from '../../plan/release.ts';
import type { Role } from '../../role/role.ts';
import { readFileAt } from '../../store/backlog/read-text.ts';
import type { TreeChange } from '../../store/make-commit.ts';
import { taskRef } from '../../store/records/task-ref.ts';
import { contentHash } from '../../task/content-hash.ts';
import { formatLogLine } from '../../task/log-line.ts';
import type { Task, TaskKey } from '../../task/task.ts';
import { adoptLock, type HeldLock } from '../claim/held-lock.ts';
import { keepLock } from '../claim/keep-lock.ts';
import { keptCommits } from '../claim/kept-commits.ts';
import { lockOf } from '../claim/lock-of.ts';
import { releaseLock } from '../claim/release-lock.ts';
import { originOf, send } from '../project/actor.ts';
import { livenessOf } from '../project/liveness.ts';
import { maskedProject } from '../project/masked-project.ts';
import type { Project } from '../project/project.ts';
import { openRunFolder, type RunFolder } from '../project/run-folder.ts';
import type { Snapshot } from '../project/snapshot.ts';
import { countRun } from '../streak/count-run.ts';
import { endingOfLanding } from '../work/ending-of-landing.ts';
import { type Proposals, proposeAgain } from '../work/propose-tasks.ts';
import { gateLine, type RunResult } from '../work/run-result.ts';
import { startStopwatch } from '../work/stopwatch.ts';
import { landOrUnreserve } from './land-or-unreserve.ts';
import type { LandingEnd, LandingWork } from './landing-work.ts';
import { removeLandedWork } from './remove-landed-work.ts';

/** Work on a branch that is to land without an agent: a held or waiting run's, or a person's. */
export interface LandTaskWish {
  readonly key: TaskKey;
  readonly task: Task;
  readonly role: Role;
  /** Short name. */
  readonly branch: string;
  readonly tip: string;
  readonly work: Pick<LandingWork, 'words' | 'commit' | 'summary' | 'agent' | 'gated' | 'accept'> & {
    /** Files of tasks that were proposed with it. */
    readonly added: readonly TreeChange[];
  };
  readonly stop: AbortSignal;
}

/**
 * Takes the task's lock, lands the branch, and gives the lock back: the merge helper. When nothing lands the record is as
 * before; it costs no attempt, because no agent had one.
 *
 * @throws RotaError `locked` when a live worker or another person has the task
 */
export async function landTask(person: Project, snapshot: Snapshot, wish: LandTaskWish): Promise<RunResult> {
  const { project } = maskedProject(person, snapshot.config);
  const run = project.system.random.id();
  const { key, task, role, branch } = wish;
  const previous = snapshot.records.get(key) ?? null;
  await refuseLocked(project, task, previous);
  const watch = startStopwatch(project.system.clock);
  const folder = await openRunFolder(project.system, project.repository, {
    run,
    role: role.name,
    task: task.id,
    branch,
  });
  const lock = await watch.time('claim', () => takeLock(project, snapshot, wish, run, previous));
  const over = new AbortController();
  const lost = new AbortController();
  const keeping = keepLock(project, lock, over.signal, () => lost.abort('lost'));
  try {
    const stop = AbortSignal.any([wish.stop, lost.signal]);
    const end = await watch.time('land', () =>
      landOrGiveBack(project, wish, { lock, folder, stop, previous }),
    );
    if (end.kind === 'landed') await tidyUp(project, snapshot, wish, end.commit);
    const ending = endingOfLanding(end);
    send(project, originOf(run, role, task), {
      type: 'outcome',
      outcome: ending.outcome,
      reason: ending.reason,
    });
    // A landing that waited, or that a person helped, lets the role go on; what does not land is no run of its agent.
    if (ending.outcome === 'landed' || ending.outcome === 'proposed') {
      const about = { run, task: task.id, outcome: ending.outcome, reason: ending.reason };
      const tell = (event: RotaEvent) => send(project, originOf(run, role, task), event);
      await countRun(project, role.name, { ...about, failure: null, retryAfter: null, spent: false }, tell);
    }
    await folder.note({ outcome: ending.outcome, ended: project.system.clock.now().toISOString() });
    return {
      outcome: ending.outcome,
      role: role.name,
      task: task.id,
      run,
      branch,
      worktree: null,
      commit: ending.commit ?? null,
      pr: ending.pr ?? null,
      reason: ending.reason,
      gate: end.checks.map(gateLine),
      usage: null,
      seconds: watch.read(),
    };
  } finally {
    over.abort();
    await keeping;
    await folder.settled();
  }
}

interface Landing {
  readonly lock: HeldLock;
  readonly folder: RunFolder;
  readonly stop: AbortSignal;
  /** The task's record before. */
  readonly previous: HeldRecord | null;
}

/** However it ends without a landing, the lock goes back: this process may live on for hours. */
async function landOrGiveBack(project: Project, wish: LandTaskWish, landing: Landing): Promise<LandingEnd> {
  const { lock, previous } = landing;
  let end: LandingEnd;
  try {
    end = await landOnce(project, wish, landing);
  } catch (error) {
    // The first failure is the one that counts; a lock that stays is freed when this process has ended.
    await giveBack(project, lock, wish.role, previous, null).catch(() => undefined);
    throw error;
  }
  if (end.kind !== 'landed') await giveBack(project, lock, wish.role, previous, end);
  return end;
}

/** Lands, and gives the ids of proposed tasks back if nothing landed. */
async function landOnce(project: Project, wish: LandTaskWish, landing: Landing): Promise<LandingEnd> {
  const proposals = await proposeAgain(project, landing.lock.record.lock!, wish.work.added);
  return landOrUnreserve(project, workOf(wish, proposals, landing));
}

/** What a landing leaves behind is the next sweep's where it cannot go now: the work has landed all the same. */
async function tidyUp(
  project: Project,
  { config: { disposable } }: Snapshot,
  { task, branch, role }: LandTaskWish,
  commit: string,
): Promise<void> {
  try {
    await removeLandedWork(project, { task: task.id, branch, commit, disposable });
  } catch (error) {
    if (!(error instanceof RotaError)) throw error;
    const message = `what ${branch} left could not be removed, the next rota sweep does it: ${error.message}`;
    const origin = { role: role.name, task: task.id, run: null };
    send(project, origin, { type: 'notice', level: 'warning', message });
  }
}

async function refuseLocked(project: Project, task: Task, held: HeldRecord | null): Promise<void> {
  if (held !== null && held.record === null)
    throw new RotaError('locked', `${task.id} has a record that this rota cannot read.`, 'Update rota.');
  const lock = held?.record?.lock ?? null;
  if (lock === null) return;
  const alive = await livenessOf(project, lock, null);
  if (alive === 'dead')
    throw new RotaError('locked', `${task.id} is locked by a worker that died.`, 'rota sweep frees it.');
  throw new RotaError(
    'locked',
    `${task.id} is locked by ${lock.role} (${lock.by}).`,
    `Wait for it, or take it away: rota unlock ${task.id}`,
  );
}

async function takeLock(
  project: Project,
  { view }: Snapshot,
  { key, task, role, branch }: LandTaskWish,
  run: string,
  previous: HeldRecord | null,
): Promise<HeldLock> {
  const lock: LockRecord = lockOf(project, { run, role }, branch);
  const text =
    (await readFileAt(project.system, project.repository, view.main, task.file))?.toString('utf8') ?? '';
  const record = claimedRecord({
    task,
    lock,
    previous: previous?.record ?? null,
    edited: false,
    // A person's edit since a run last saw the file still counts if nothing lands.
    of: previous?.record?.of ?? contentHash(text),
    publish: null,
    started: formatLogLine({
      at: project.system.clock.now(),
      role: role.name,
      task: task.id,
      event: 'started',
      detail: `landing ${branch}`,
    }),
  });
  const token = await project.records.write(record, {
    previous: previous?.token ?? null,
    keep: keptCommits(record),
  });
  const swapped = await project.refs.swap([{ ref: taskRef(key), from: previous?.token ?? null, to: token }]);
  if (swapped.kind === 'swapped') return { key, run, record, token };
  if (swapped.kind === 'stale')
    throw new RotaError('locked', `${task.id} was taken by another run just now.`, 'Look again: rota status');
  throw new RotaError(
    'remote',
    `The lock could not be taken: ${swapped.reason}`,
    'Run it again when the remote is there.',
  );
}

function workOf(
  { role, branch, tip, work }: LandTaskWish,
  proposals: Proposals,
  { lock, folder, stop }: Landing,
): LandingWork {
  const { words, commit, summary, agent, gated, accept } = work;
  let gates = 0;
  return {
    ...{ lock, role, branch, tip, commit, summary, agent, gated, accept, proposals, stop },
    words,
    folder: folder.path,
    nextGate: () => ++gates,
  };
}

/** @param end null: it could not even be tried */
async function giveBack(
  project: Project,
  lock: HeldLock,
  role: Role,
  previous: HeldRecord | null,
  end: LandingEnd | null,
): Promise<void> {
  const { run, key } = lock;
  const before = previous?.record ?? null;
  for (let tries = 0; tries < 3; tries++) {
    // The hash may be newer than before: another landing may have changed this task's file meanwhile.
    const asBefore = announced(lock, before) ?? (before && { ...before, of: before.of && lock.record.of });
    const record =
      end?.kind === 'waiting' || end?.kind === 'proposed' ? endedRecord(project, lock, role, end) : asBefore;
    const released = await releaseLock(project, {
      ...{ run, key, token: lock.token, role: role.name, record, keep: keptCommits(record) },
      ...{ note: null, statusOnMain: null, removeBlock: false },
    });
    // A renewal of our own may have raced; another holder's lock is left alone.
    if (released === 'released' || !(await adoptLock(project, lock))) return;
  }
}

/** What was announced and could not be taken back is finished by the next sweep. */
function announced({ record }: HeldLock, before: TaskRecord | null): TaskRecord | null {
  const { proposal, state } = record;
  return state === 'proposed' && proposal?.head !== before?.proposal?.head ? { ...record, lock: null } : null;
}

/** What waits or is proposed is written as at the end of a run. */
function endedRecord(
  project: Project,
  lock: HeldLock,
  role: Role,
  end: LandingEnd & { kind: 'waiting' | 'proposed' },
) {
  const { clock, random } = project.system;
  const { outcome, reason, waiting = null, pr = null } = endingOfLanding(end);
  return decideRelease({
    ...{ outcome, record: lock.record, role, run: lock.run, reason, waiting, pr },
    question: null,
    details: null,
    now: clock.now(),
    random: random.fraction(),
  }).record;
}
