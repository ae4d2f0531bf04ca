import type { Project } from '../project/project.ts';

/** Whether two commits have any history in common: without, there is nothing to merge. */
export async function areRelated(project: Project, one: string, other: string): Promise<boolean> {
  const found = await project.system.git.run(project.neutral.place, ['merge-base', one, other], {
    ok: [0, 1],
  });
  return found.code === 0;
}
