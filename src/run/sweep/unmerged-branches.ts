import { RotaError } from '../../errors.ts';
import type { Project } from '../project/project.ts';
import { commitOf, isAncestor } from '../worktree/ancestry.ts';

const HEADS = 'refs/heads/';

/** Which of these branches (short names) have commits that main has not. One that git cannot judge counts as one that has. */
export async function branchesWithWork(
  project: Project,
  main: string,
  branches: readonly string[],
): Promise<ReadonlySet<string>> {
  if (branches.length === 0) return new Set();
  const { git } = project.system;
  const args = ['for-each-ref', '--format=%(refname)', '--no-merged', main, HEADS];
  try {
    const said = (await git.text(project.repository.place, args)).split('\n');
    const unmerged = new Set(said.map((ref) => ref.slice(HEADS.length)));
    return new Set(branches.filter((branch) => unmerged.has(branch)));
  } catch (error) {
    if (!(error instanceof RotaError)) throw error;
    // One branch that is damaged, whosever it is, fails the list: each by itself then.
    const worked = new Set<string>();
    for (const branch of branches) if (await hasWork(project, branch, main)) worked.add(branch);
    return worked;
  }
}

async function hasWork(project: Project, branch: string, main: string): Promise<boolean> {
  try {
    const tip = await commitOf(project, HEADS + branch);
    return tip !== null && !(await isAncestor(project, tip, main));
  } catch (error) {
    if (!(error instanceof RotaError)) throw error;
    return true;
  }
}
