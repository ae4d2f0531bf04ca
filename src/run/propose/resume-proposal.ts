import { RotaError } from '../../errors.ts';
import { taskRef } from '../../store/records/task-ref.ts';
import type { TaskKey } from '../../task/task.ts';
import { keptCommits } from '../claim/kept-commits.ts';
import type { Project } from '../project/project.ts';
import type { Snapshot } from '../project/snapshot.ts';
import { commitOf, isAncestor } from '../worktree/ancestry.ts';
import { fetchBranch } from '../worktree/find-branch.ts';
import { openRequest } from './open-request.ts';
import { readProposalText } from './proposal-text.ts';
import { knownRequest } from './propose-gated.ts';

export type Resumed =
  /** `pr` null: the forge fails still, `reason` says how and what to do. */
  | { readonly kind: 'proposed'; readonly pr: string | null; readonly reason: string | null }
  /** The branch could not be pushed. The record is as it was. */
  | { readonly kind: 'failed'; readonly reason: string }
  /** Somebody has the task, or was faster: there is nothing to do. */
  | { readonly kind: 'gone' };

/**
 * Finishes what a run could not, or what a death cut off: work that its record calls proposed and that has no request yet. Doing
 * it again is harmless; an open request of the branch is taken for its own.
 */
export async function resumeProposal(project: Project, snapshot: Snapshot, key: TaskKey): Promise<Resumed> {
  const held = snapshot.records.get(key);
  const record = held?.record ?? null;
  const task = snapshot.backlog.byKey.get(key);
  if (held === undefined || record === null || task === undefined) return { kind: 'gone' };
  const { proposal, state, lock, pr } = record;
  if (state !== 'proposed' || lock !== null || proposal === null) return { kind: 'gone' };
  if ((await commitOf(project, proposal.head)) === null)
    return { kind: 'failed', reason: `what was proposed (${proposal.head.slice(0, 10)}) is not here` };

  const text = await readProposalText(project, task, proposal.head);
  const tip = await newestOf(project, proposal);
  const wish = { branch: proposal.branch, tip, known: knownRequest(pr), text };
  const opened = await openRequest(project, snapshot, wish);
  if (opened.kind === 'not-pushed') return { kind: 'failed', reason: opened.reason };
  const { reason } = opened;
  if (opened.pr === pr && reason === record.reason) return { kind: 'proposed', pr, reason };
  const next = { ...record, pr: opened.pr, reason };
  const to = await project.records.write(next, { previous: held.token, keep: keptCommits(next) });
  const swapped = await project.refs.swap([{ ref: taskRef(key), from: held.token, to }]);
  if (swapped.kind === 'stale') return { kind: 'gone' };
  if (swapped.kind !== 'swapped') return { kind: 'failed', reason: swapped.reason };
  return { kind: 'proposed', pr: opened.pr, reason };
}

/** What others pushed on top stays on top. */
async function newestOf(
  project: Project,
  { branch, head }: { readonly branch: string; readonly head: string },
): Promise<string> {
  try {
    const here = await commitOf(project, `refs/heads/${branch}`);
    const there = await fetchBranch(project, `refs/heads/${branch}`, here);
    return there !== null && (await isAncestor(project, head, there)) ? there : head;
  } catch (error) {
    // A branch that cannot be asked for now: the push says what is the matter.
    if (error instanceof RotaError) return head;
    throw error;
  }
}
