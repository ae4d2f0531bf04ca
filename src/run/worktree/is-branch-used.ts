import { join } from 'node:path';
import type { Project } from '../project/project.ts';
import { branchesIn } from './branches-in.ts';

/** Whether any checkout of the repository, a person's or rota's, is on the branch. An entry that cannot be read may be. */
export async function isBranchUsed(project: Project, branch: string): Promise<boolean> {
  const { system, repository } = project;
  const folder = join(repository.gitDir, 'worktrees');
  const linked = (await system.files.list(folder)).filter(({ kind }) => kind === 'folder');
  const places = [repository.gitDir, ...linked.map(({ name }) => join(folder, name))];
  const used = places.map(async (place) => {
    try {
      return (await branchesIn(system, place)).includes(branch);
    } catch (error) {
      if (!(error instanceof Error) || !('code' in error)) throw error;
      return true;
    }
  });
  return (await Promise.all(used)).includes(true);
}
