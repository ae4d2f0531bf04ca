import { join } from 'node:path';
import type { Project } from '../project/project.ts';
import { commitOf, isAncestor } from './ancestry.ts';
import type { WorktreePlace } from './worktree.ts';

export type HeadState =
  /** On the worktree's own branch. */
  | { readonly kind: 'branch'; readonly tip: string }
  /** The branch was deleted. */
  | { readonly kind: 'no-branch' }
  /** Detached at the branch's tip or at commits made on top of it. */
  | { readonly kind: 'ahead'; readonly tip: string; readonly branchTip: string }
  /** HEAD is somewhere else: what is in the folder does not belong on top of the branch. */
  | {
      readonly kind: 'elsewhere';
      readonly problem: string;
      /** On a branch that is not the run's. */
      readonly foreign?: true;
      readonly head: string | null;
      readonly branchTip: string | null;
    }
  /** There is no administrative folder any more. */
  | { readonly kind: 'unregistered'; readonly tip: string | null };

/** Where a worktree's HEAD is, read from its administrative folder, never through the `.git` file that an agent can replace. */
export async function readHeadState(
  project: Project,
  { adminDir, branch }: WorktreePlace,
): Promise<HeadState> {
  const { files } = project.system;
  const [text, branchTip] = await Promise.all([
    files.readIfThere(join(adminDir, 'HEAD')).then((bytes) => bytes?.toString('utf8').trim() ?? null),
    commitOf(project, `refs/heads/${branch}`),
  ]);
  if (text === null) return { kind: 'unregistered', tip: branchTip };
  const ref = /^ref: (.+)$/.exec(text)?.[1];
  if (ref === `refs/heads/${branch}`)
    return branchTip === null ? { kind: 'no-branch' } : { kind: 'branch', tip: branchTip };
  if (ref !== undefined) {
    const name = ref.replace(/^refs\/heads\//, '');
    const problem = `the worktree is on a foreign branch, ${name}, instead of ${branch}`;
    return { kind: 'elsewhere', problem, foreign: true, head: await commitOf(project, ref), branchTip };
  }
  const head = /^[0-9a-f]{40,64}$/.test(text) ? await commitOf(project, text) : null;
  if (await isRebasing(project, adminDir)) {
    return { kind: 'elsewhere', problem: 'a rebase was left unfinished in the worktree', head, branchTip };
  }
  if (head !== null && branchTip !== null && (await isAncestor(project, branchTip, head)))
    return { kind: 'ahead', tip: head, branchTip };
  const problem = `the worktree's HEAD is detached at ${head?.slice(0, 10) ?? 'nothing'}, which is not on top of ${branch}`;
  return { kind: 'elsewhere', problem, head, branchTip };
}

async function isRebasing(project: Project, adminDir: string): Promise<boolean> {
  const { files } = project.system;
  const [merge, apply] = await Promise.all([
    files.facts(join(adminDir, 'rebase-merge')),
    files.facts(join(adminDir, 'rebase-apply')),
  ]);
  return merge !== null || apply !== null;
}
