import { RotaError } from '../../errors.ts';
import type { TaskRecord } from '../../plan/record.ts';
import { readBacklog } from '../../store/backlog/read-backlog.ts';
import { readFilesAt } from '../../store/backlog/read-text.ts';
import { taskRef } from '../../store/records/task-ref.ts';
import type { RefChange } from '../../store/shared-refs.ts';
import { contentHash } from '../../task/content-hash.ts';
import type { TaskKey } from '../../task/task.ts';
import { moveMainWith } from '../backlog/task-edit.ts';
import { keptCommits } from '../claim/kept-commits.ts';
import { inTurn } from '../project/in-turn.ts';
import type { Project } from '../project/project.ts';
import { failureOf } from './failure.ts';
import { withoutBlock } from './without-block.ts';

/** A lock that goes: the record without it, by compare-and-swap with the record's token. */
export interface ManyRelease {
  readonly key: TaskKey;
  /** As written. */
  readonly task: string;
  readonly run: string;
  readonly token: string;
  /** Null: nothing is left in it, the ref goes. */
  readonly record: TaskRecord | null;
}

export type Freed =
  | { readonly kind: 'freed' }
  /** The record was not at its token any more. */
  | { readonly kind: 'lost' }
  | { readonly kind: 'failed'; readonly reason: string };

/** How long it waits for its turn at main, in milliseconds. */
const PATIENCE = 2_000;
const TRIES = 5;
/** Transactions that may fail before the rest is left to the next sweep: enough to find a few records that do not go. */
const FAILURES = 30;

/**
 * Swaps the records and takes the runs' lock blocks out of the task files on main, in one transaction; where main cannot move, the
 * records alone. Tokens that are gone drop out; a transaction that fails for another reason is tried in halves, so that one
 * record that does not go keeps no other.
 *
 * @returns what became of each, in the order of `releases`
 */
export async function releaseMany(project: Project, releases: readonly ManyRelease[]): Promise<Freed[]> {
  const ended = new Map<ManyRelease, Freed>();
  const failures = { left: FAILURES };
  await inTurn(project, 'main', PATIENCE, () => releaseSome(project, releases, ended, failures));
  return releases.map((release) => ended.get(release)!);
}

type Ended = Map<ManyRelease, Freed>;

async function releaseSome(
  project: Project,
  releases: readonly ManyRelease[],
  ended: Ended,
  failures: { left: number },
): Promise<void> {
  if (releases.length === 0) return;
  const failed = await releaseTogether(project, releases, ended).catch((error: unknown) => ({
    reason: failureOf(error),
    final: isUnreachable(error),
  }));
  if (failed === null) return;
  failures.left -= 1;
  const rest = releases.filter((release) => !ended.has(release));
  if (rest.length <= 1 || failed.final || failures.left <= 0) {
    for (const release of rest) ended.set(release, { kind: 'failed', reason: failed.reason });
    return;
  }
  const half = Math.ceil(rest.length / 2);
  await releaseSome(project, rest.slice(0, half), ended, failures);
  await releaseSome(project, rest.slice(half), ended, failures);
}

/** Null: every one was released or lost. `final`: no other one would go either. */
async function releaseTogether(
  project: Project,
  releases: readonly ManyRelease[],
  ended: Ended,
): Promise<{ reason: string; final: boolean } | null> {
  await releaseWithBlocks(project, releases, ended);
  for (;;) {
    const rest = releases.filter((release) => !ended.has(release));
    if (rest.length === 0) return null;
    const swapped = await project.refs.swap(await changesOf(project, rest, new Map()));
    if (swapped.kind === 'swapped') {
      for (const release of rest) ended.set(release, { kind: 'freed' });
      return null;
    }
    if (swapped.kind !== 'stale') return { reason: swapped.reason, final: swapped.kind === 'unreachable' };
    markLost(rest, swapped.refs, ended);
  }
}

/** Does what it can; what is not ended then goes without main. */
async function releaseWithBlocks(
  project: Project,
  releases: readonly ManyRelease[],
  ended: Ended,
): Promise<void> {
  try {
    for (let tries = 0; tries < TRIES; tries++) {
      const rest = releases.filter((release) => !ended.has(release));
      const { main, edits } = await editsOnMain(project, rest);
      if (edits.size === 0) return;
      const refs = await changesOf(project, rest, edits);
      const changes = [...edits.values()].map(({ path, content }) => ({ path, content }));
      const what = rest.length === 1 ? rest[0]!.task : `${rest.length} tasks`;
      const message = `chore(backlog): sweeper gives back ${what} [skip ci]`;
      const moved = await moveMainWith(project, project.system.random.id(), { main, changes, message }, refs);
      if (moved.kind === 'moved') for (const release of rest) ended.set(release, { kind: 'freed' });
      if (moved.kind !== 'stale') return;
      markLost(rest, moved.refs, ended);
    }
  } catch (error) {
    // The blocks are only shown; what keeps main from moving must not keep the locks.
    if (!(error instanceof RotaError) || isUnreachable(error)) throw error;
  }
}

function isUnreachable(error: unknown): boolean {
  return error instanceof RotaError && error.code === 'remote';
}

function markLost(releases: readonly ManyRelease[], stale: readonly string[], ended: Ended): void {
  for (const release of releases)
    if (stale.includes(taskRef(release.key))) ended.set(release, { kind: 'lost' });
}

interface BlockEdit {
  readonly path: string;
  readonly content: string;
  /** The record's new hash of the file; null: the old one stays beside a person's edit that no run has seen. */
  readonly of: string | null;
}

/** The files on main that show a lock of these. */
async function editsOnMain(
  project: Project,
  releases: readonly ManyRelease[],
): Promise<{ main: string; edits: Map<ManyRelease, BlockEdit> }> {
  const { system, repository, cache } = project;
  const { main } = await project.refs.read();
  const { byKey } = await readBacklog(system, repository, main, cache);
  const shown = releases.flatMap((release) => {
    const task = byKey.get(release.key);
    return task?.lock?.run === release.run ? [{ release, path: task.file }] : [];
  });
  const texts = await readFilesAt(
    system,
    repository,
    main,
    shown.map(({ path }) => path),
  );
  const edits = new Map<ManyRelease, BlockEdit>();
  for (const { release, path } of shown) {
    const text = texts.get(path)?.toString('utf8');
    const content = withoutBlock(text);
    if (text === undefined || content === null) continue;
    const seen = release.record?.of ?? null;
    const editedMeanwhile = seen !== null && contentHash(text) !== seen;
    edits.set(release, { path, content, of: editedMeanwhile ? null : contentHash(content) });
  }
  return { main, edits };
}

/** Writes the records; one that git cannot write (a commit that it must keep alive is gone) fails them all. */
async function changesOf(
  project: Project,
  releases: readonly ManyRelease[],
  edits: ReadonlyMap<ManyRelease, BlockEdit>,
): Promise<RefChange[]> {
  const staying = releases.flatMap((release) => {
    const { record, token } = release;
    const of = edits.get(release)?.of ?? null;
    if (record === null) return [];
    const next = of === null ? record : { ...record, of };
    return [{ release, written: { record: next, previous: token, keep: keptCommits(next) } }];
  });
  const tokens = await project.records.writeAll(staying.map(({ written }) => written));
  const next = new Map(staying.map(({ release }, at) => [release, tokens[at]!]));
  return releases.map((release) => ({
    ref: taskRef(release.key),
    from: release.token,
    to: next.get(release) ?? null,
  }));
}
