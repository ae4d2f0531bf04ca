import type { WorktreeFacts } from '../../plan/sweep-worktree.ts';
import type { Project } from '../project/project.ts';
import { commitOf, isAncestor } from './ancestry.ts';
import { askRemoteBranch } from './find-branch.ts';
import { readMarker } from './marker.ts';
import type { WorktreePlace } from './worktree.ts';

interface Head {
  /** The commit. */
  readonly head: string;
  readonly base: string | null;
  readonly main: string;
  readonly worktree: WorktreePlace;
}

/** What became of a worktree's commits. The remote is asked only when nothing else settles it. */
export async function headFate(
  project: Project,
  { head, base, main, worktree }: Head,
): Promise<WorktreeFacts['head']> {
  if (await isAncestor(project, head, main)) return 'landed';
  if (head === base) return 'base';
  if (await isUnmade(project, worktree, head)) return 'unmade';
  const pushed = await askRemoteBranch(project, worktree.branch);
  if (pushed === null) return 'only-here';
  if (pushed === head) return 'pushed';
  const known = (await commitOf(project, pushed)) !== null;
  return known && (await isAncestor(project, head, pushed)) ? 'pushed' : 'only-here';
}

async function isUnmade(
  project: Project,
  { adminDir, branch }: WorktreePlace,
  head: string,
): Promise<boolean> {
  if ((await readMarker(project.system, adminDir))?.ready !== false) return false;
  const tip = await commitOf(project, `refs/heads/${branch}`);
  return tip !== null && (await isAncestor(project, head, tip));
}
