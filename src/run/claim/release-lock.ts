import { RotaError } from '../../errors.ts';
import type { TaskRecord } from '../../plan/record.ts';
import { readBacklog } from '../../store/backlog/read-backlog.ts';
import { readFileAt } from '../../store/backlog/read-text.ts';
import { taskRef } from '../../store/records/task-ref.ts';
import { appendNote } from '../../task/body.ts';
import { contentHash } from '../../task/content-hash.ts';
import { editTask } from '../../task/edit.ts';
import type { TaskKey } from '../../task/task.ts';
import { type BacklogCommit, moveMainWith } from '../backlog/task-edit.ts';
import { inTurn } from '../project/in-turn.ts';
import type { Project } from '../project/project.ts';

export interface LockRelease {
  readonly run: string;
  readonly role: string;
  readonly key: TaskKey;
  /** The record's token as this run last wrote it. */
  readonly token: string;
  /** The record without the lock; null deletes the ref. */
  readonly record: TaskRecord | null;
  /** Commits that the record must keep alive. */
  readonly keep: readonly string[];
  /** Appended to the task's Notes on main, together with the removal of the block. */
  readonly note: string | null;
  /** `blocked` is also written to main, so that people see it. */
  readonly statusOnMain: 'blocked' | null;
  /** False: the block stays for whoever lands later. */
  readonly removeBlock: boolean;
}

const TRIES = 5;
/** How long it waits for its turn at main, in milliseconds. */
const PATIENCE = 2_000;

/**
 * Swaps the record and, in the same transaction, takes the run's lock block out of the task file on main. When main
 * cannot move now, the record alone with the old hash: the block is leftover then and the next sweep removes it.
 *
 * @returns `lost` when the record is not this run's any more
 * @throws RotaError `remote` when nothing could be written: the lock stays until a sweep frees it
 */
export async function releaseLock(project: Project, release: LockRelease): Promise<'released' | 'lost'> {
  return inTurn(project, 'main', PATIENCE, () => releaseInTurn(project, release));
}

async function releaseInTurn(project: Project, release: LockRelease): Promise<'released' | 'lost'> {
  const ref = taskRef(release.key);
  const together = await releaseWithBlock(project, release, ref);
  if (together !== null) return together;
  const alone = await project.refs.swap([
    { ref, from: release.token, to: await nextToken(project, release, null) },
  ]);
  if (alone.kind === 'swapped') return 'released';
  if (alone.kind === 'stale') return 'lost';
  throw new RotaError(
    'remote',
    `The lock of ${release.key} could not be released: ${alone.reason}`,
    'The next rota sweep frees it.',
  );
}

/** Null: main needs no change by this run, or cannot move now. */
async function releaseWithBlock(
  project: Project,
  release: LockRelease,
  ref: string,
): Promise<'released' | 'lost' | null> {
  try {
    for (let tries = 0; tries < TRIES; tries++) {
      const edit = await editOnMain(project, release);
      if (edit === null) return null;
      const to = await nextToken(project, release, edit.of);
      const moved = await moveMainWith(project, release.run, edit.commit, [{ ref, from: release.token, to }]);
      if (moved.kind === 'moved') return 'released';
      if (moved.kind === 'stale' && moved.refs.includes(ref)) return 'lost';
      if (moved.kind !== 'stale') return null;
    }
    return null;
  } catch (error) {
    // The block is only shown; what keeps main from moving must not keep the lock.
    if (error instanceof RotaError && error.code !== 'remote') return null;
    throw error;
  }
}

async function nextToken(
  project: Project,
  { record, token, keep }: LockRelease,
  of: string | null,
): Promise<string | null> {
  if (record === null) return null;
  return project.records.write(of === null ? record : { ...record, of }, { previous: token, keep });
}

/** Null when the file on main needs no change by this run. */
async function editOnMain(
  project: Project,
  release: LockRelease,
): Promise<{ commit: BacklogCommit; of: string | null } | null> {
  const { system, repository, cache } = project;
  const { main } = await project.refs.read();
  const task = (await readBacklog(system, repository, main, cache)).byKey.get(release.key);
  const text =
    task === undefined
      ? undefined
      : (await readFileAt(system, repository, main, task.file))?.toString('utf8');
  if (task === undefined || text === undefined) return null;
  const ours = release.removeBlock && task.lock?.run === release.run;
  // A person's word about the task is not overwritten.
  const seen = release.record?.of ?? null;
  const editedMeanwhile = seen !== null && contentHash(text) !== seen;
  const blocks =
    release.statusOnMain !== null &&
    !editedMeanwhile &&
    task.status === 'ready' &&
    (task.lock === null || ours);
  if (!ours && !blocks) return null;
  const edited = editTask(text, {
    ...(ours ? { lock: undefined } : {}),
    ...(blocks ? { status: 'blocked' } : {}),
  });
  const content = release.note === null ? edited : appendNote(edited, release.note);
  const message = `chore(backlog): ${release.role} ${blocks ? 'is blocked on' : 'gives back'} ${task.id} [skip ci]`;
  // The old hash stays beside an edit that no run has seen: it starts the attempts again.
  const of = editedMeanwhile ? null : contentHash(content);
  return { commit: { main, changes: [{ path: task.file, content }], message }, of };
}
