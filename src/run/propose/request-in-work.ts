import { RotaError } from '../../errors.ts';
import type { PullRequest } from '../../forge/forge.ts';
import { ForgeError } from '../../forge/forge-error.ts';
import { isPlainBranch } from '../../plan/plain-branch.ts';
import { openNeutral } from '../../store/neutral.ts';
import { networkGit } from '../../store/refs/network-git.ts';
import { pushChanges } from '../../store/refs/push-changes.ts';
import { plainText } from '../../task/text.ts';
import type { Project } from '../project/project.ts';
import { isAncestor } from '../worktree/ancestry.ts';

/** An existing pull request that a run goes on with. Its branch is somebody's: it is only ever added to. */
export interface RequestInWork {
  readonly request: PullRequest;
  /** Where its branch is: this repository's remote, or a fork. */
  readonly url: string;
  /** Its newest commit, which is in the repository. */
  readonly head: string;
}

const TIME_LIMIT = 10 * 60_000;

/**
 * Fetches a request's newest commit.
 *
 * @throws ForgeError when it cannot be gone on with: not open, into another branch, from a fork that lets nobody in
 */
export async function fetchRequest(project: Project, request: PullRequest): Promise<RequestInWork> {
  refuseUnfit(project, request);
  const { system, repository, remote } = project;
  const url = request.fork?.url ?? remote!.url;
  const neutral = await openNeutral(system, repository);
  try {
    const git = networkGit(system, repository, neutral);
    const quiet = ['--quiet', '--no-tags', '--no-write-fetch-head', '--no-recurse-submodules'];
    const refspec = `+refs/heads/${request.branch}:refs/fetched`;
    const args = ['fetch', ...quiet, '--no-auto-maintenance', '--', url, refspec];
    const answer = await git(args, TIME_LIMIT);
    if (answer.code !== 0)
      throw new RotaError(
        'remote',
        `The branch of pull request ${request.number} could not be fetched: ${answer.words}`,
        'Run it again when it is there.',
      );
    const head = await system.git.text(neutral.place, ['rev-parse', '--verify', 'refs/fetched^{commit}']);
    return { request, url: request.fork === null ? remote!.pushUrl : url, head };
  } finally {
    await neutral.close();
  }
}

function refuseUnfit({ branch, remote }: Project, request: PullRequest): void {
  const name = `Pull request ${request.number}`;
  const no = (message: string, hint: string) => new ForgeError('not-allowed', message, hint);
  if (request.state !== 'open')
    throw no(`${name} is ${request.state}.`, 'Only an open one can be gone on with.');
  if (request.base !== branch)
    throw no(
      `${name} goes into ${plainText(request.base)}, and rota works for ${branch}.`,
      `Let it go into ${branch} on the forge, then run it again.`,
    );
  if (!isPlainBranch(request.branch) || (request.fork === null && request.branch === branch))
    throw no(
      `${name} is from a branch that rota does not push to: ${plainText(request.branch)}.`,
      request.url,
    );
  if (remote === null) throw no(`${name} needs a remote.`, 'git remote add origin <url>');
  if (request.fork !== null && !request.fork.maintainerCanModify)
    throw no(
      `${name} is from a fork whose owner does not let maintainers push to it.`,
      'Ask them to allow edits by maintainers, or take the work over on a branch of this repository.',
    );
}

/**
 * Adds commits to a request's branch, as far as it is where it was when the work began; never forced.
 *
 * @returns why not, in words; null: they are there
 */
export async function pushRequest(
  project: Project,
  { request, url, head }: RequestInWork,
  tip: string,
): Promise<string | null> {
  if (tip === head) return null;
  if (!(await isAncestor(project, head, tip)))
    return 'what is on the branch was rewritten, and nothing is forced';
  const git = networkGit(project.system, project.repository, project.neutral);
  const change = { ref: `refs/heads/${request.branch}`, from: head, to: tip };
  const pushed = await pushChanges(git, url, [change]);
  if (pushed.kind === 'pushed') return null;
  if (pushed.kind === 'unknown' && (await isThere(git, url, change))) return null;
  return `${plainText(request.branch)} could not be pushed: ${pushed.reason}`;
}

/** The connection may have broken after the server did it. */
async function isThere(
  git: ReturnType<typeof networkGit>,
  url: string,
  { ref, to }: { readonly ref: string; readonly to: string },
): Promise<boolean> {
  const said = await git(['ls-remote', '--refs', '--quiet', '--', url, ref], TIME_LIMIT);
  return said.code === 0 && said.stdout.split('\n').includes(`${to}\t${ref}`);
}
