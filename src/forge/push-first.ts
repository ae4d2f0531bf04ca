import { RotaError } from '../errors.ts';
import type { RemoteBranches } from '../store/refs/branches.ts';

/** Puts a commit on a branch of the remote, by its short name; never over commits that are not in it. */
export type PushBranch = (branch: string, tip: string) => Promise<void>;

/** @throws RotaError `remote`: the branch is not there, or not at that commit */
export function pushFirst(branches: RemoteBranches): PushBranch {
  return async (branch, tip) => {
    const reason = await branches.push(`refs/heads/${branch}`, tip);
    if (reason !== null) throw notPushed(branch, reason);
  };
}

export function notPushed(branch: string, reason: string): RotaError {
  return new RotaError(
    'remote',
    `${branch} could not be pushed: ${reason}`,
    'The work is safe here; the next rota sweep tries again.',
  );
}
