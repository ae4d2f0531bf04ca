import { join } from 'node:path';
import { RotaError } from '../../errors.ts';
import { openNeutral } from '../../store/neutral.ts';
import { networkGit } from '../../store/refs/network-git.ts';
import type { Project } from '../project/project.ts';
import { commitOf, isAncestor, moveRef } from './ancestry.ts';
import { completeBranch } from './complete-branch.ts';
import { keepOnRescueRef } from './rescue.ts';
import { taskOfBranch } from './worktree.ts';

const TIME_LIMIT = 60_000;

/**
 * The tip of a branch that an earlier run left, here or on the remote; null: there is none. The branch is here afterwards.
 * Where both have gone on, the remote's is followed, because others see it; the one here is kept on a rescue ref.
 *
 * @throws RotaError `remote` when the remote cannot be asked
 */
export async function findBranch(project: Project, branch: string): Promise<string | null> {
  const ref = `refs/heads/${branch}`;
  const here = await commitOf(project, ref);
  const there = project.remote === null ? null : await fetchBranch(project, ref, here);
  if (there !== null) await completeBranch(project, there);
  if (there === null || there === here) return here;
  if (here !== null && (await isAncestor(project, there, here))) return here;
  if (here !== null && !(await isAncestor(project, here, there))) {
    await keepOnRescueRef(project, taskOfBranch(branch), here);
  }
  if (await moveRef(project, ref, { from: here, to: there, why: 'rota: branch of an earlier run' }))
    return there;
  throw new RotaError('stale', `The branch ${branch} moved while it was read.`, 'Run it again.');
}

/** Where the remote has the branch, without fetching it; null: it has none. */
export async function askRemoteBranch(project: Project, branch: string): Promise<string | null> {
  return (await project.branches?.tip(`refs/heads/${branch}`)) ?? null;
}

/** Brings a branch's commit from the remote into the repository, and no ref; null: the remote has none. */
export async function fetchBranch(
  project: Project,
  ref: string,
  here: string | null,
): Promise<string | null> {
  const { system, repository, remote, branches } = project;
  if (remote === null || branches === null) return null;
  const there = await branches.tip(ref);
  if (there === null || there === here || (await commitOf(project, there)) !== null) return there;
  const neutral = await openNeutral(system, repository);
  try {
    const git = networkGit(system, repository, neutral);
    // What is here is named to the server, so that it sends only what is new.
    const main = await commitOf(project, `refs/rota/seen/heads/${project.branch}`);
    const known = [main, here].filter((commit) => commit !== null);
    const packed = known.map((commit, at) => `${commit} refs/known/${at}\n`).join('');
    await system.files.write(join(neutral.folder, 'packed-refs'), packed);
    const quiet = [
      '--quiet',
      '--no-tags',
      '--no-write-fetch-head',
      '--no-recurse-submodules',
      '--no-auto-maintenance',
    ];
    const answer = await git(['fetch', ...quiet, '--', remote.url, `+${ref}:refs/fetched`], TIME_LIMIT);
    if (answer.code !== 0) throw unreachable(answer.words);
    return await system.git.text(neutral.place, ['rev-parse', '--verify', 'refs/fetched^{commit}']);
  } finally {
    await neutral.close();
  }
}

function unreachable(words: string): RotaError {
  return new RotaError(
    'remote',
    `The remote could not be asked for the branch: ${words}`,
    'Run it again when it is there.',
  );
}
