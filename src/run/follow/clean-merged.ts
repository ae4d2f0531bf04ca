import { taskRef } from '../../store/records/task-ref.ts';
import { removeLandedWork } from '../land/remove-landed-work.ts';
import type { Project } from '../project/project.ts';
import type { Snapshot } from '../project/snapshot.ts';
import { reservationsOf } from '../propose/reservations.ts';
import { commitOf } from '../worktree/ancestry.ts';
import type { FollowedTask } from './followed-task.ts';

/** What became of everything that was made for a merged request. */
export interface Cleaned {
  /** `lost`: somebody else changed the record meanwhile. */
  readonly kind: 'cleaned' | 'lost' | 'failed';
  readonly reason: string | null;
  /** What stays, in words. */
  readonly kept: readonly string[];
}

/**
 * Removes what a merged request leaves: its branch on the remote, its worktree, its branch here; then, in one transaction, its
 * record and the ids that were reserved with it. The record goes last: until then the next sweep does the rest. Only what is
 * in the history of `head`, which is on main, goes.
 */
export async function cleanMerged(
  project: Project,
  snapshot: Snapshot,
  { key, token, record }: FollowedTask,
  head: string,
): Promise<Cleaned> {
  const { branch } = record.proposal;
  const { disposable } = snapshot.config;
  // A head that could not be fetched says nothing about what is here.
  if ((await commitOf(project, head)) !== null)
    await removeLandedWork(project, { task: record.task, branch, commit: head, disposable });
  const kept = await whatStays(project, branch);
  const gone = [{ key, token }, ...reservationsOf(snapshot.records, key)];
  const swapped = await project.refs.swap(
    gone.map((one) => ({ ref: taskRef(one.key), from: one.token, to: null })),
  );
  if (swapped.kind === 'swapped') return { kind: 'cleaned', reason: null, kept };
  if (swapped.kind === 'stale') return { kind: 'lost', reason: null, kept };
  return { kind: 'failed', reason: swapped.reason, kept };
}

/** Commits that others pushed or made after the merge, a branch that somebody has checked out, a remote that refuses. */
async function whatStays(project: Project, branch: string): Promise<string[]> {
  const ref = `refs/heads/${branch}`;
  if (!branch.startsWith('ai/')) return [];
  const here = await commitOf(project, ref);
  const there = (await project.branches?.list(ref))?.get(ref) ?? null;
  return [
    here === null ? null : `${branch} stays here: it is in use, or has commits that are not on main`,
    there === null
      ? null
      : `${branch} stays on the remote: it has commits that are not on main, or cannot be deleted`,
  ].filter((line) => line !== null);
}
