import type { RequestComment } from '../../plan/request-view.ts';
import type { FailingCheck, Fork, PullRequest } from '../forge.ts';
import { siblingUrl } from '../remote-address.ts';
import type { CheckAnswer, RequestAnswer, SaidAnswer } from './follow-answer.ts';

const MAY_WRITE: ReadonlySet<string> = new Set(['OWNER', 'MEMBER', 'COLLABORATOR']);
const FAILED: ReadonlySet<string> = new Set([
  ...['FAILURE', 'ERROR', 'TIMED_OUT', 'CANCELLED', 'ACTION_REQUIRED', 'STARTUP_FAILURE'],
]);

/** A checked answer as a value. `remoteUrl`: what a fork's address is made like. */
export function toPullRequest(answer: RequestAnswer, remoteUrl: string): PullRequest {
  const { review, reviewedAt, reviewedCommit } = reviewOf(answer);
  const { checks, failing } = checksOf(answer);
  return {
    number: answer.number,
    url: answer.url,
    branch: answer.headRefName,
    head: answer.headRefOid,
    base: answer.baseRefName,
    state: ({ OPEN: 'open', MERGED: 'merged', CLOSED: 'closed' } as const)[answer.state],
    merge: answer.state === 'MERGED' ? (answer.mergeCommit?.oid ?? null) : null,
    draft: answer.isDraft,
    title: answer.title,
    body: answer.body ?? '',
    author: loginOf(answer),
    authorMayWrite: MAY_WRITE.has(answer.authorAssociation),
    review,
    reviewedAt,
    reviewedCommit,
    checks,
    failing,
    conflict: answer.mergeable === 'CONFLICTING',
    fork: forkOf(answer, remoteUrl),
    ...talkOf(answer),
  };
}

function reviewOf({
  latestOpinionatedReviews,
  reviewDecision,
}: RequestAnswer): Pick<PullRequest, 'review' | 'reviewedAt' | 'reviewedCommit'> {
  const words = present(latestOpinionatedReviews?.nodes ?? []);
  const against = words
    .filter(({ state }) => state === 'CHANGES_REQUESTED')
    .sort((a, b) => ((a.submittedAt ?? '') < (b.submittedAt ?? '') ? -1 : 1))
    .at(-1);
  if (against !== undefined || reviewDecision === 'CHANGES_REQUESTED')
    return {
      review: 'changes-requested',
      reviewedAt: against?.submittedAt ?? null,
      reviewedCommit: against?.commit?.oid ?? null,
    };
  const approved = reviewDecision === 'APPROVED' || words.some(({ state }) => state === 'APPROVED');
  return { review: approved ? 'approved' : 'none', reviewedAt: null, reviewedCommit: null };
}

/** Checks of another commit than the head say nothing about it. */
function checksOf(answer: RequestAnswer): {
  checks: PullRequest['checks'];
  failing: readonly FailingCheck[];
} {
  const last = present(answer.commits.nodes).at(-1)?.commit;
  const rollup = last?.oid === answer.headRefOid ? last.statusCheckRollup : null;
  if (rollup === null || rollup === undefined) return { checks: 'none', failing: [] };
  const failing = present(rollup.contexts?.nodes ?? [])
    .filter((check) => FAILED.has(check.conclusion ?? check.state ?? ''))
    .map((check) => ({ name: nameOf(check), url: webUrl(check.detailsUrl ?? check.targetUrl ?? null) }));
  if (rollup.state === 'FAILURE' || rollup.state === 'ERROR') return { checks: 'failing', failing };
  if (rollup.state === 'SUCCESS') return { checks: 'passing', failing: [] };
  return { checks: 'pending', failing };
}

function nameOf(check: CheckAnswer): string {
  return (check.name ?? check.context ?? 'a check').slice(0, 200);
}

function webUrl(url: string | null): string | null {
  return url !== null && url.length <= 2000 && /^https?:\/\/[^\s\p{Cc}]+$/u.test(url) ? url : null;
}

function forkOf(answer: RequestAnswer, remoteUrl: string): Fork | null {
  if (!answer.isCrossRepository) return null;
  const path = answer.headRepository?.nameWithOwner ?? '';
  // A fork that is gone, or an odd name: there is nowhere to push to.
  const url = /^[\w.-]{1,100}\/[\w.-]{1,100}$/.test(path) ? siblingUrl(remoteUrl, path) : null;
  return { url: url ?? '', maintainerCanModify: url !== null && answer.maintainerCanModify };
}

function talkOf({
  comments,
  reviews,
  reviewThreads,
}: RequestAnswer): Pick<PullRequest, 'comments' | 'moreComments'> {
  const whole = { path: null, line: null, resolved: false };
  const threads = present(reviewThreads?.nodes ?? []);
  const all: RequestComment[] = [
    ...present(comments?.nodes ?? []).map((one) => toComment(one, whole)),
    ...present(reviews?.nodes ?? []).map((one) => toComment(one, whole)),
    ...threads.flatMap(({ path, line, isResolved, comments: inThread }) =>
      present(inThread.nodes).map((one) => toComment(one, { path, line, resolved: isResolved })),
    ),
  ];
  const asked = [comments, reviews, reviewThreads, ...threads.map((thread) => thread.comments)];
  return {
    // A review that only has comments on lines has no words of its own.
    comments: all
      .filter(({ body }) => body.trim() !== '')
      .sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0)),
    moreComments: asked.some((some) => some != null && some.totalCount > some.nodes.length),
  };
}

function toComment(
  one: SaidAnswer,
  where: Pick<RequestComment, 'path' | 'line' | 'resolved'>,
): RequestComment {
  const mayWrite = MAY_WRITE.has(one.authorAssociation);
  return { author: loginOf(one), mayWrite, at: one.createdAt, body: one.body ?? '', ...where };
}

function loginOf({ author }: { readonly author: { readonly login: string } | null }): string {
  return author?.login ?? 'ghost';
}

function present<Item>(items: readonly (Item | null)[]): Item[] {
  return items.filter((item) => item !== null);
}
