import { RotaError } from '../../errors.ts';
import { claimedRecord } from '../../plan/claimed-record.ts';
import type { TaskRecord } from '../../plan/record.ts';
import type { Role } from '../../role/role.ts';
import { readFileAt } from '../../store/backlog/read-text.ts';
import { taskRef } from '../../store/records/task-ref.ts';
import { contentHash } from '../../task/content-hash.ts';
import { formatLogLine } from '../../task/log-line.ts';
import type { Task } from '../../task/task.ts';
import type { Project } from '../project/project.ts';
import type { Snapshot } from '../project/snapshot.ts';
import { branchFor } from './branch-for.ts';
import { keptCommits } from './kept-commits.ts';
import { lockOf } from './lock-of.ts';
import { makePublication } from './publication.ts';

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
  /** Main is, after the claim, the one that the task was picked from. */
  readonly settled: boolean;
}

interface LockWish {
  readonly run: string;
  readonly role: Role;
  readonly only: string | null;
}

/**
 * The compare-and-swap of a claim. With a remote the lock block goes to main in the same push, which saves a round trip, or the
 * record goes alone when main has moved or cannot move. Without one the record goes alone, so that it does not lose to whoever moves main at
 * that moment; the block follows.
 *
 * @param edited a person edited the file since rota last saw it
 * @throws RotaError `remote` when the remote cannot be reached
 */
export async function takeLock(
  project: Project,
  wish: LockWish,
  snapshot: Snapshot,
  task: Task,
  edited: boolean,
): Promise<Claim | 'lost'> {
  const { view, config } = snapshot;
  const held = snapshot.records.get(task.key) ?? null;
  const [bytes, branch] = await Promise.all([
    readFileAt(project.system, project.repository, view.main, task.file),
    proposedBranch(held?.record ?? null, wish.role, task) ?? branchFor(project, wish.role.name, task),
  ]);
  const text = bytes?.toString('utf8') ?? '';
  const lock = lockOf(project, wish, branch);
  const proposed = held?.record?.proposal ?? null;
  // Another block would conflict with the request that is open.
  const wanted = config.publish === 'claim' && proposed === null;
  // Whoever lands in turn would have to begin again if main moved now.
  const together = project.refs.kind === 'remote' && wanted && (view.landing ?? null) === null;
  const publish = together ? await makePublication(project, view.main, task, text, lock) : null;
  const previous = held?.record ?? null;
  const unpublished = claimedRecord({
    task,
    lock,
    previous,
    edited,
    of: contentHash(text),
    publish: null,
    started: startedLine(project, wish, task),
  });
  const base = { task, text, branch: lock.branch, previous, snapshot };
  const write = async (record: TaskRecord) => {
    const token = await project.records.write(record, {
      previous: held?.token ?? null,
      keep: keptCommits(record),
    });
    return { token, change: { ref: taskRef(task.key), from: held?.token ?? null, to: token } };
  };

  if (publish !== null) {
    const record = { ...unpublished, publish };
    const { token, change } = await write(record);
    const moved = await project.moveMain({ run: wish.run, old: view.main, new: publish, refs: [change] });
    if (moved.kind === 'moved') return { ...base, record, token, main: publish, settled: true };
    // Only main moved: the task is as free as before, and racing for main with everybody else who moves it would take long.
    if (moved.kind === 'stale' && moved.refs.includes(change.ref)) return 'lost';
    if (moved.kind === 'unreachable') throw notTaken(moved.reason);
  }
  const { token, change } = await write(unpublished);
  const swapped = await project.refs.swap([change]);
  if (swapped.kind === 'stale') return 'lost';
  if (swapped.kind !== 'swapped') throw notTaken(swapped.reason);
  return { ...base, record: unpublished, token, main: view.main, settled: false };
}

/** A request goes on on its own branch, also on a machine that has never seen it and under a new title. */
export function proposedBranch(
  record: TaskRecord | null,
  { name }: Pick<Role, 'name'>,
  { id }: Task,
): string | null {
  const branch = record?.proposal?.branch ?? '';
  const stem = `ai/${name}/${id}`;
  return branch === stem || branch.startsWith(`${stem}-`) ? branch : null;
}

function startedLine(project: Project, { role, only }: LockWish, task: Task): string {
  const detail = only === null ? 'picked from backlog' : 'named on the command line';
  return formatLogLine({
    at: project.system.clock.now(),
    role: role.name,
    task: task.id,
    event: 'started',
    detail,
  });
}

function notTaken(reason: string): RotaError {
  return new RotaError(
    'remote',
    `The lock could not be taken: ${reason}`,
    'Check the remote (git ls-remote) and run it again.',
  );
}
