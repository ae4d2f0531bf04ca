import type { Project } from '../project/project.ts';

/** What git makes of two commits. With conflicts the tree holds the conflict markers. */
export interface MergedTrees {
  readonly tree: string;
  readonly conflicts: readonly string[];
}

/** Merges two commits into a tree without a checkout (`git merge-tree`, git 2.38 or newer). */
export async function mergeTrees(project: Project, ours: string, theirs: string): Promise<MergedTrees> {
  const args = ['merge-tree', '--write-tree', '--name-only', '--no-messages', '-z', ours, theirs];
  const { stdout } = await project.system.git.run(project.neutral.place, args, { ok: [0, 1] });
  const [tree = '', ...conflicts] = stdout
    .toString('utf8')
    .split('\0')
    .filter((part) => part !== '');
  return { tree, conflicts: [...new Set(conflicts)] };
}
