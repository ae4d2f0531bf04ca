import type { Project } from '../project/project.ts';
import { readRescueRefs } from '../rescue/rescue-refs.ts';
import { listWorktrees } from '../worktree/list-worktrees.ts';
import { unpushedBranches } from './unpushed-branches.ts';

/**
 * What would be lost with this clone, in words: branches of rota's that the remote does not have like this, what was rescued,
 * worktrees that were kept. Empty: everything is on the remote.
 */
export async function onlyHere(project: Project): Promise<string[]> {
  const { system, repository } = project;
  const unpushed = (await unpushedBranches(project)).map(({ branch }) => `branch ${branch}`);
  const rescued = (await readRescueRefs(project)).map(({ ref }) => ref);
  const kept = (await listWorktrees(system, repository))
    .filter(({ path, adminDir }) => path !== null && adminDir !== repository.gitDir)
    .map(({ path }) => `worktree ${path}`);
  return [...unpushed, ...rescued, ...kept];
}
