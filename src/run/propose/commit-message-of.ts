import type { Project } from '../project/project.ts';

/** The whole message of a commit. */
export async function commitMessage(project: Project, commit: string): Promise<string> {
  return project.system.git.text(project.neutral.place, ['show', '-s', '--format=%B', commit]);
}
