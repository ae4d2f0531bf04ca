import { RotaError } from '../../errors.ts';
import type { Forge, Proposed } from '../../forge/forge.ts';
import { ForgeError } from '../../forge/forge-error.ts';
import { TRIES_AGAIN } from '../../plan/pull-request.ts';
import { plainText } from '../../task/text.ts';
import type { Project } from '../project/project.ts';
import type { Snapshot } from '../project/snapshot.ts';
import type { ProposalText } from './proposal-text.ts';

/** What became of asking the forge for a request. */
export type Opened =
  /** `pr`: its address, or `branch NAME` where a person has to open it, or null when the forge failed. `reason`: what to do. */
  | { readonly kind: 'opened'; readonly pr: string | null; readonly reason: string | null }
  /** The branch is not on the remote as it should be. */
  | { readonly kind: 'not-pushed'; readonly reason: string };

interface OpenWish {
  readonly branch: string;
  readonly tip: string;
  /** The address of the request that is open already; null: none is known. */
  readonly known: string | null;
  readonly text: ProposalText;
}

/**
 * Pushes the branch and opens its request, or brings the open one up to date. A forge that fails costs nothing: the branch is
 * pushed, and the next sweep asks again.
 */
export async function openRequest(
  project: Project,
  { config: { pullRequest } }: Pick<Snapshot, 'config'>,
  { branch, tip, known, text }: OpenWish,
): Promise<Opened> {
  const { labels, reviewers, draft, autoMerge } = pullRequest;
  const base = project.branch;
  try {
    const forge = await forgeOf(project, pullRequest.forge);
    const asked = { branch, tip, base, ...text, labels, reviewers, draft, autoMerge, isOpen: known !== null };
    return said(await forge.propose(asked), branch, known);
  } catch (error) {
    if (!(error instanceof RotaError)) throw error;
    if (error.code === 'remote') return { kind: 'not-pushed', reason: error.message };
    if (!(error instanceof ForgeError) && error.code !== 'config') throw error;
    const failed = await project.branches?.push(`refs/heads/${branch}`, tip);
    if (failed) return { kind: 'not-pushed', reason: failed };
    const why = [error.message, error.hint].filter((part) => part !== null).join(' ');
    const what =
      known === null ? 'no pull request could be opened' : 'the pull request could not be brought up to date';
    const reason = `${branch} is pushed, but ${what}: ${plainText(why)} ${TRIES_AGAIN}`;
    return { kind: 'opened', pr: known, reason };
  }
}

/** The forge of the remote; its code is loaded only when there is something to ask. */
export async function forgeOf(project: Project, choice: 'auto' | Forge['name']): Promise<Forge> {
  const { openForge } = await import('../../forge/open-forge.ts');
  return openForge(project, choice);
}

function said({ url, link, notes }: Proposed, branch: string, known: string | null): Opened {
  const open = link === null ? [] : [`open it: ${plainText(link)}`];
  const byHand = url === null && link === null && known === null ? [`open a pull request for ${branch}`] : [];
  const words = [...open, ...byHand, ...notes.map(plainText)];
  // Git tells the server nothing when the branch was there already: what was known still holds.
  const pr = url === null ? (known ?? `branch ${branch}`) : plainText(url);
  return { kind: 'opened', pr, reason: words.length === 0 ? null : words.join('; ') };
}
