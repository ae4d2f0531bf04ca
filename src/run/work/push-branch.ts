import { RotaError } from '../../errors.ts';
import type { Project } from '../project/project.ts';

/**
 * With a remote: puts the branch there, so that another machine can go on with it. Best effort: the work is safe on this
 * machine; the reason is returned when it did not work.
 */
export async function pushBranch(project: Project, branch: string): Promise<string | null> {
  if (project.branches === null) return null;
  const ref = `refs/heads/${branch}`;
  const { system, repository, branches } = project;
  try {
    const tip = await system.git.text(repository.place, ['rev-parse', '--verify', '--quiet', ref], {
      ok: [0, 1],
    });
    return tip === '' ? null : await branches.push(ref, tip);
  } catch (error) {
    if (!(error instanceof RotaError)) throw error;
    return error.message;
  }
}
