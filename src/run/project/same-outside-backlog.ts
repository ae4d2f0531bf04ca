import type { Project } from './project.ts';

/** Whether two commits or trees are equal but for files below `backlog/`. */
export async function sameOutsideBacklog(project: Project, one: string, other: string): Promise<boolean> {
  if (one === other) return true;
  const args = ['diff-tree', '-r', '--quiet', '--no-renames', one, other, '--', '.', ':(exclude,top)backlog'];
  const answer = await project.system.git.run(project.neutral.place, args, { ok: [0, 1, 128] });
  return answer.code === 0;
}
