import { parseTaskId } from '../../task/id.ts';
import type { Project } from '../project/project.ts';
import { provisionedFileOf, readRunFacts } from '../project/run-folder.ts';
import { deleteLandedBranch } from '../worktree/delete-landed-branch.ts';
import { listWorktrees } from '../worktree/list-worktrees.ts';
import { removeWorktree } from '../worktree/remove-worktree.ts';
import { taskOfBranch } from '../worktree/worktree.ts';

export interface LandedWork {
  /** Task id as written. */
  readonly task: string;
  /** Short name. */
  readonly branch: string;
  /** The landing. */
  readonly commit: string;
  /** From rota.yaml. */
  readonly disposable: readonly string[];
}

/**
 * After a landing without an agent: what the run that did the work had left goes as if it had landed itself, its worktree and
 * the branch here and on the remote. A person's own branch stays, and so does what a run that has not ended is using.
 */
export async function removeLandedWork(project: Project, work: LandedWork): Promise<void> {
  const { branch, commit } = work;
  if (!branch.startsWith('ai/')) return;
  const { system, repository } = project;
  await project.branches?.remove(`refs/heads/${branch}`, commit);
  for (const { path, adminDir, branches, marker } of await listWorktrees(system, repository)) {
    if (marker === null || path === null || !branches.includes(branch)) continue;
    const facts = await readRunFacts(system, repository, marker.run);
    if (facts === null || facts.ended === null) continue;
    await removeWorktree(project, {
      task: parseTaskId(work.task) ?? taskOfBranch(branch),
      worktree: { path, adminDir, branch, base: facts.base },
      provisionedFile: provisionedFileOf(repository, marker.run),
      disposable: work.disposable,
      landed: commit,
      run: marker.run,
    });
  }
  await deleteLandedBranch(project, branch, commit);
}
