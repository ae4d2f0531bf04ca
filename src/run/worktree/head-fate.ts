import type { WorktreeFacts } from '../../plan/sweep-worktree.ts';
import type { Project } from '../project/project.ts';
import { commitOf, isAncestor } from './ancestry.ts';
import { askRemoteBranch } from './find-branch.ts';

/** What became of a worktree's commits. The remote is asked only when nothing else settles it. */
export async function headFate(
  project: Project,
  { head, base, main, branch }: { head: string; base: string | null; main: string; branch: string },
): Promise<WorktreeFacts['head']> {
  if (await isAncestor(project, head, main)) return 'landed';
  if (head === base) return 'base';
  const pushed = await askRemoteBranch(project, branch);
  if (pushed === null) return 'only-here';
  if (pushed === head) return 'pushed';
  const known = (await commitOf(project, pushed)) !== null;
  return known && (await isAncestor(project, head, pushed)) ? 'pushed' : 'only-here';
}
