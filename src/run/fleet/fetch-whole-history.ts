import { RotaError } from '../../errors.ts';
import type { Role } from '../../role/role.ts';
import { openNeutral } from '../../store/neutral.ts';
import { isPartial } from '../../store/refs/is-partial.ts';
import { networkGit } from '../../store/refs/network-git.ts';
import type { Project } from '../project/project.ts';

const PATIENCE = 15 * 60_000;

/**
 * Makes a partial clone a whole one, for roles whose agents get a repository of their own: that one has the files of main's
 * newest history, and nothing there can fetch them.
 *
 * @throws RotaError `remote`
 */
export async function fetchWholeHistory(
  { system, repository, remote, branch }: Project,
  { isolation }: Role,
): Promise<void> {
  const alone = isolation === 'clone' || isolation === 'container';
  if (!alone || remote === null || !(await isPartial(system, repository))) return;
  const neutral = await openNeutral(system, repository);
  try {
    const git = networkGit(system, repository, neutral);
    const quiet = ['--quiet', '--no-tags', '--no-write-fetch-head', '--no-auto-maintenance'];
    const refspec = `+refs/heads/${branch}:refs/fetched`;
    const said = await git(['fetch', '--refetch', ...quiet, '--', remote.url, refspec], PATIENCE);
    if (said.code !== 0) {
      const message = `The whole history, which isolation: ${isolation} needs, could not be fetched: ${said.words}`;
      throw new RotaError('remote', message, 'Run it again when the remote is there.');
    }
  } finally {
    await neutral.close();
  }
  for (const name of [
    'extensions.partialclone',
    'remote.origin.promisor',
    'remote.origin.partialclonefilter',
  ])
    await system.git.run(repository.place, ['config', '--unset-all', name], { ok: [0, 5] });
}
