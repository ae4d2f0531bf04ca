import type { Project } from '../project/project.ts';
import { commitOf, isAncestor, moveRef } from './ancestry.ts';
import { isBranchUsed } from './is-branch-used.ts';

/** Deletes one of rota's branches here if it has landed. True: deleted. One that is checked out somewhere stays. */
export async function deleteLandedBranch(project: Project, branch: string, main: string): Promise<boolean> {
  const ref = `refs/heads/${branch}`;
  const tip = await commitOf(project, ref);
  if (tip === null || !branch.startsWith('ai/') || !(await isAncestor(project, tip, main))) return false;
  if (await isBranchUsed(project, branch)) return false;
  return moveRef(project, ref, { from: tip, to: null, why: 'rota: landed' });
}
