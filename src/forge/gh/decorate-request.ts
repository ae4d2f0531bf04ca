import { plainText } from '../../task/text.ts';
import type { Proposal } from '../forge.ts';
import { ForgeError } from '../forge-error.ts';
import { type OpenedAnswer, repositoryAnswer } from './follow-answer.ts';
import type { GhRepository } from './follow-requests.ts';
import type { GhApi } from './gh-api.ts';
import { messageOf } from './gh-trouble.ts';

/** Labels, reviewers, auto-merge. The request is there already: what does not work is said, and nothing else. */
export async function decorateRequest(
  api: GhApi,
  repository: GhRepository,
  request: OpenedAnswer,
  proposal: Proposal,
): Promise<string[]> {
  const notes: string[] = [];
  const root = `repos/${repository.owner}/${repository.name}`;
  for (const step of [addLabels, askReviewers, autoMerge]) {
    try {
      notes.push(...(await step(api, root, request, proposal)));
    } catch (error) {
      if (!(error instanceof ForgeError)) throw error;
      notes.push(error.message);
    }
  }
  return notes;
}

/** Only labels that are there: adding another one would make it, in whatever colour. */
async function addLabels(
  api: GhApi,
  root: string,
  { number }: OpenedAnswer,
  { labels }: Proposal,
): Promise<string[]> {
  const known: string[] = [];
  const notes: string[] = [];
  for (const label of labels) {
    const path = `${root}/labels/${encodeURIComponent(label)}`;
    const { status } = await api({ method: 'GET', path, ok: [404] });
    if (status === 404) notes.push(`There is no label "${label}"; the request is without it.`);
    else known.push(label);
  }
  if (known.length > 0)
    await api({ method: 'POST', path: `${root}/issues/${number}/labels`, body: { labels: known } });
  return notes;
}

/** All at once; if one is refused, the forge takes none, and each is asked for alone. */
async function askReviewers(
  api: GhApi,
  root: string,
  { number }: OpenedAnswer,
  { reviewers }: Proposal,
): Promise<string[]> {
  if (reviewers.length === 0) return [];
  const ask = async (some: readonly string[]) => {
    const body = {
      reviewers: some.filter((name) => !name.includes('/')),
      team_reviewers: some.flatMap((name) => name.split('/').slice(1)),
    };
    return await api({
      method: 'POST',
      path: `${root}/pulls/${number}/requested_reviewers`,
      body,
      ok: [404, 422],
    });
  };
  if ((await ask(reviewers)).status < 300) return [];
  const notes: string[] = [];
  for (const reviewer of reviewers) {
    const { status, json } = await ask([reviewer]);
    if (status >= 300) notes.push(`${reviewer} cannot be asked for a review: ${messageOf(json) || status}.`);
  }
  return notes;
}

/** The one question that changes something by GraphQL: REST has no word for it. */
export const AUTO_MERGE =
  'mutation RotaAutoMerge($id: ID!, $method: PullRequestMergeMethod!) {\n' +
  '  enablePullRequestAutoMerge(input: {pullRequestId: $id, mergeMethod: $method}) { clientMutationId }\n}\n';

/** By the first way of merging that the repository allows. */
async function autoMerge(
  api: GhApi,
  root: string,
  { node_id }: OpenedAnswer,
  { autoMerge: wanted }: Proposal,
): Promise<string[]> {
  if (!wanted) return [];
  const allowed = repositoryAnswer.safeParse((await api({ method: 'GET', path: root })).json);
  const { allow_merge_commit = true, allow_squash_merge = true } = allowed.data ?? {};
  const method = allow_merge_commit ? 'MERGE' : allow_squash_merge ? 'SQUASH' : 'REBASE';
  const { json } = await api({
    method: 'POST',
    path: 'graphql',
    body: { query: AUTO_MERGE, variables: { id: node_id, method } },
  });
  const said = refusalOf(json);
  return said === null ? [] : [`It does not merge by itself: ${said}.`];
}

function refusalOf(json: unknown): string | null {
  const { errors } = (json ?? {}) as { errors?: unknown };
  if (!Array.isArray(errors) || errors.length === 0) return null;
  const { message } = (errors[0] ?? {}) as { message?: unknown };
  return typeof message === 'string' ? plainText(message).slice(0, 300) : 'no reason given';
}
