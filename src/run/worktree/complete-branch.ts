import { RotaError } from '../../errors.ts';
import { completeTrees } from '../../store/refs/complete-trees.ts';
import { isPartial } from '../../store/refs/is-partial.ts';
import type { Project } from '../project/project.ts';

/**
 * In a partial clone: brings every file of a branch's tip and of where it left main, which merging the two reads. Main itself is
 * complete since it was fetched.
 *
 * @throws RotaError `remote` when they cannot be had
 */
export async function completeBranch(project: Project, tip: string): Promise<void> {
  const { system, repository, neutral, remote } = project;
  if (remote === null || !(await isPartial(system, repository))) return;
  const { main } = await project.refs.last();
  const bases = await system.git.text(neutral.place, ['merge-base', '--all', main, tip], { ok: [0, 1] });
  const commits = [tip, ...bases.split('\n').filter((base) => base !== '')];
  const failed = await completeTrees(system, repository, remote.url, commits);
  if (failed !== null)
    throw new RotaError(
      'remote',
      `The remote did not give what this partial clone misses: ${failed.words}`,
      'Run it again when it is there, or in a whole clone.',
    );
}
