import type { ReturnedRequest } from './record.ts';
import { newestComment } from './request-comments.ts';
import type { RequestView } from './request-view.ts';

/** What a request is waiting for the agent to do. */
export interface RequestAsks {
  /** People asked for changes. */
  readonly review: boolean;
  /** A check fails. */
  readonly checks: boolean;
  /** It does not merge with main. */
  readonly conflict: boolean;
}

/** A review of which nobody knows when it was made is answered once. */
const UNDATED = 'undated';

/** Everything that is asked for now, answered or not. */
export function asksNow(request: RequestView): RequestAsks {
  return {
    review: request.review === 'changes-requested',
    checks: request.checks === 'failing',
    conflict: request.conflict,
  };
}

/**
 * What is asked for and was not given to the agent before. A review counts once, however often the work is brought up to date
 * after it; a failing check and a conflict once for each head.
 */
export function newAsks(request: RequestView, returned: ReturnedRequest | null): RequestAsks {
  const now = asksNow(request);
  const otherHead = returned === null || returned.head !== request.head;
  return {
    review: now.review && isNewer(reviewOf(request), returned?.review ?? null),
    checks: now.checks && otherHead,
    conflict: now.conflict && otherHead,
  };
}

export function asksAnything({ review, checks, conflict }: RequestAsks): boolean {
  return review || checks || conflict;
}

/** What the record remembers once everything that is asked for now was given to the agent. */
export function givenToAgent(
  request: Pick<RequestView, 'head' | 'review' | 'reviewedAt' | 'comments'>,
  before: ReturnedRequest | null,
): ReturnedRequest {
  return {
    head: request.head,
    review: reviewOf(request) ?? before?.review ?? null,
    comment: newestComment(request.comments) ?? before?.comment ?? null,
    checks: before?.checks ?? 0,
  };
}

function reviewOf({ review, reviewedAt }: Pick<RequestView, 'review' | 'reviewedAt'>): string | null {
  return review === 'changes-requested' ? (reviewedAt ?? UNDATED) : null;
}

/** Both are the forge's own times, of one form. */
function isNewer(now: string | null, before: string | null): boolean {
  if (now === null || now === before) return false;
  if (before === null || before === UNDATED) return true;
  return now !== UNDATED && now > before;
}
