import { RotaError } from '../errors.ts';
import { claimedRecord } from '../plan/claimed-record.ts';
import { type Explanation, pickTask } from '../plan/pick.ts';
import type { PickFacts } from '../plan/pick-facts.ts';
import type { LockRecord, TaskRecord } from '../plan/record.ts';
import type { Role } from '../role/role.ts';
import { readFileAt } from '../store/backlog/read-text.ts';
import { taskRef } from '../store/records/task-ref.ts';
import { inQueue } from '../system/mutex.ts';
import { contentHash } from '../task/content-hash.ts';
import { editTask } from '../task/edit.ts';
import { formatLogLine } from '../task/log-line.ts';
import type { Task, TaskKey } from '../task/task.ts';
import { branchFor } from './branch-for.ts';
import { keptCommits } from './kept-commits.ts';
import { readLiveness } from './liveness.ts';
import { lockOf } from './lock-of.ts';
import { readEdited, readPickFacts } from './pick-facts.ts';
import type { Project } from './project.ts';
import { readRedMain } from './red-main.ts';
import { releaseLock } from './release-lock.ts';
import { readSnapshot, type Snapshot } from './snapshot.ts';
import { makeBacklogCommit } from './task-edit.ts';

/** A task whose lock this run holds. */
export interface Claim {
  readonly task: Task;
  /** Text of the task file at the claim. */
  readonly text: string;
  readonly branch: string;
  readonly record: TaskRecord;
  readonly token: string;
  /** Main right after the claim. */
  readonly main: string;
  /** The record that was there before, for what it knows of earlier attempts. */
  readonly previous: TaskRecord | null;
  readonly snapshot: Snapshot;
}

export type ClaimResult =
  | { readonly kind: 'claimed'; readonly claim: Claim }
  | { readonly kind: 'idle'; readonly reason: string; readonly explain: readonly Explanation[] };

export interface ClaimWish {
  readonly run: string;
  readonly role: Role;
  /** Only this task, as `rota run ROLE ID` names it. */
  readonly only: TaskKey | null;
  /** Tasks that this shift leaves alone. */
  readonly except: ReadonlySet<TaskKey>;
}

/** Lost races before a claim gives up; each one means that somebody else got work. */
const TRIES = 30;
/** Races lost on main before the lock is taken without showing it in the file. */
const PUBLISH_TRIES = 2;
/** How long a claim waits for its turn before it races without one, in milliseconds. */
const QUEUE_PATIENCE = 1_200;

/**
 * Picks a task and takes its lock by compare-and-swap; a lost race picks again (docs/protocols.md, "Claiming"). Workers of
 * one machine queue for it, which saves lost races and proves nothing.
 */
export async function claimTask(project: Project, wish: ClaimWish): Promise<ClaimResult> {
  const { system, repository } = project;
  await system.files.makeFolder(repository.rotaDir);
  return inQueue(system.files, `${repository.rotaDir}/claims`, QUEUE_PATIENCE, async () => {
    for (let lost = 0; lost < TRIES; lost++) {
      const result = await tryClaim(project, wish, lost < PUBLISH_TRIES);
      if (result !== 'lost') return result;
      await system.clock.wait(5 + system.random.fraction() * 25 * Math.min(lost + 1, 8));
    }
    return {
      kind: 'idle',
      reason: `lost ${TRIES} races for a task in a row; others are working`,
      explain: [],
    };
  });
}

async function tryClaim(
  project: Project,
  wish: ClaimWish,
  mayPublish: boolean,
): Promise<ClaimResult | 'lost'> {
  const snapshot = await readSnapshot(project, true);
  const why = await reasonToRest(project, snapshot);
  if (why !== null) return { kind: 'idle', reason: why, explain: [] };
  const { task, explain } = pickTask(
    withExcepted(await readPickFacts(project, snapshot, wish.role), wish.except),
    wish.only,
  );
  if (task === null) return { kind: 'idle', reason: reasonForNothing(wish, explain), explain };
  const claim = await takeLock(project, wish, snapshot, task, mayPublish);
  if (claim === 'lost' || (await stillEligible(project, wish, claim)))
    return claim === 'lost' ? 'lost' : { kind: 'claimed', claim };
  await stepBack(project, wish, claim);
  return 'lost';
}

function withExcepted(facts: PickFacts, except: ReadonlySet<TaskKey>): PickFacts {
  const tried = [...except].map((key): [TaskKey, string] => [key, 'this shift has tried it already']);
  return { ...facts, unusable: new Map([...facts.unusable, ...tried]) };
}

/** Main red, or as many workers on this machine as rota.yaml allows. */
async function reasonToRest(project: Project, snapshot: Snapshot): Promise<string | null> {
  const red = await readRedMain(project, snapshot.view.main);
  if (red !== null) return red;
  const { id, pidNamespace } = project.system.machine;
  const liveness = await readLiveness(project, snapshot.records);
  const here = [...snapshot.records].filter(([key, { record }]) => {
    const lock = record?.lock ?? null;
    return lock?.machine === id && lock.pidNamespace === pidNamespace && liveness.get(key) === 'live';
  });
  const { workers } = snapshot.config;
  return here.length < workers ? null : `${here.length} of ${workers} workers are busy on this machine`;
}

function reasonForNothing({ role, only }: ClaimWish, explain: readonly Explanation[]): string {
  if (only === null) return `nothing is eligible for ${role.name}`;
  const found = explain.find(({ key }) => key === only);
  return found === undefined ? `${only} is not in the backlog on main` : `${found.id}: ${found.reason}`;
}

/** The compare-and-swap itself: with the lock block on main where main can move, else the record alone. */
async function takeLock(
  project: Project,
  wish: ClaimWish,
  snapshot: Snapshot,
  task: Task,
  mayPublish: boolean,
): Promise<Claim | 'lost'> {
  const { view, config } = snapshot;
  const previous = snapshot.records.get(task.key) ?? null;
  const text =
    (await readFileAt(project.system, project.repository, view.main, task.file))?.toString('utf8') ?? '';
  const lock = lockOf(project, wish, await branchFor(project, wish.role.name, task));
  const publish =
    mayPublish && config.publish === 'claim'
      ? await makePublication(project, view.main, task, text, lock)
      : null;
  const edited = (await readEdited(project, snapshot)).has(task.key);
  const record = claimedRecord({
    task,
    lock,
    previous: previous?.record ?? null,
    edited,
    of: contentHash(text),
    publish,
    started: formatLogLine({
      at: project.system.clock.now(),
      role: wish.role.name,
      task: task.id,
      event: 'started',
      detail: wish.only === null ? 'picked from backlog' : 'named on the command line',
    }),
  });
  const token = await project.records.write(record, {
    previous: previous?.token ?? null,
    keep: keptCommits(record),
  });
  const change = { ref: taskRef(task.key), from: previous?.token ?? null, to: token };
  const claim = {
    task,
    text,
    branch: lock.branch,
    record,
    token,
    previous: previous?.record ?? null,
    snapshot,
  };

  if (publish === null) {
    const swapped = await project.refs.swap([change]);
    if (swapped.kind === 'swapped') return { ...claim, main: view.main };
    if (swapped.kind === 'stale') return 'lost';
    throw remoteFailed(swapped.reason);
  }
  const moved = await project.moveMain({ run: wish.run, old: view.main, new: publish, refs: [change] });
  if (moved.kind === 'moved') return { ...claim, main: publish };
  if (moved.kind === 'stale') return 'lost';
  if (moved.kind === 'unreachable') throw remoteFailed(moved.reason);
  return takeLock(project, wish, snapshot, task, false);
}

/** Null when the file cannot take a lock block; the block is never needed for exclusion. */
async function makePublication(
  project: Project,
  main: string,
  task: Task,
  text: string,
  lock: LockRecord,
): Promise<string | null> {
  const { run, role, by, since, branch } = lock;
  let content: string;
  try {
    content = editTask(text, { lock: { run, role, by, since, branch } });
  } catch (error) {
    if (error instanceof RotaError) return null;
    throw error;
  }
  const message = `chore(backlog): ${role} takes ${task.id} [skip ci]`;
  return makeBacklogCommit(project, { main, changes: [{ path: task.file, content }], message });
}

/**
 * A claim counts only if the task is still eligible on a main and records read after it: a person may have edited it,
 * and another worker may have locked a task with overlapping `touches` at the same moment.
 */
async function stillEligible(project: Project, wish: ClaimWish, claim: Claim): Promise<boolean> {
  if (claim.record.publish !== null && claim.task.touches.length === 0) return true;
  const after = await readSnapshot(project, true);
  const records = new Map(after.records);
  const before = claim.snapshot.records.get(claim.task.key);
  if (before === undefined) records.delete(claim.task.key);
  else records.set(claim.task.key, before);
  const facts = await readPickFacts(project, { ...after, records }, wish.role);
  return pickTask(facts, claim.task.key).task !== null;
}

/** Gives the lock back with the record as it was found, and takes the block out of the file again. */
async function stepBack(
  project: Project,
  wish: ClaimWish,
  { task, token, previous, record }: Claim,
): Promise<void> {
  await releaseLock(project, {
    run: wish.run,
    role: wish.role.name,
    key: task.key,
    token,
    record: previous === null ? null : { ...previous, of: record.of },
    keep: keptCommits(previous),
    note: null,
    statusOnMain: null,
    removeBlock: true,
  });
}

function remoteFailed(reason: string): RotaError {
  return new RotaError(
    'remote',
    `The lock could not be taken: ${reason}`,
    'Check the remote (git ls-remote) and run it again.',
  );
}
