import { formatLogLine } from '../task/log-line.ts';
import { plainText } from '../task/text.ts';
import type { MergedVerdict } from './merged-branch.ts';
import type { ProposedWork, RecordState, ReturnedRequest, TaskRecord } from './record.ts';
import { asksAnything, asksNow, givenToAgent, newAsks, type RequestAsks } from './request-asks.ts';
import { addReturnNotes, askedWords } from './request-notes.ts';
import type { RequestView } from './request-view.ts';

/** Log lines in a record: the newest so many. */
const MOST_LOG = 50;

/** How the reason of a record begins whose request was closed without being merged. */
const CLOSED = 'closed: ';

/** How the reason of a record ends whose request could not be opened, or brought up to date. */
export const TRIES_AGAIN = 'The next rota sweep tries again.';

export interface RequestFacts {
  readonly record: TaskRecord & { readonly proposal: ProposedWork };
  /** As the forge shows it; null: it does not know it, or cannot be asked. */
  readonly request: RequestView | null;
  readonly merged: MergedVerdict;
  /** The branch on the remote, compared with what was proposed; `unknown`: it was not looked at. */
  readonly branch: 'there' | 'behind' | 'gone' | 'unknown';
  /** Without a request: git says that it does not merge with main. */
  readonly conflict: boolean;
  readonly task: RequestTask;
  /** Returns in a row for failing checks alone before a person has to look. */
  readonly attempts: number;
  readonly now: Date;
}

/** The task on main. */
export interface RequestTask {
  /** `over`: done, or put off if it is standing work. `open`: still to be done. `away`: gone, or its file cannot be read. */
  readonly state: 'over' | 'open' | 'away';
  /** Why it is not the workers' any more, in words: dropped, deleted, locked by a person; null: it is. */
  readonly taken: string | null;
  /** A person edited it since rota last saw it. */
  readonly edited: boolean;
}

export type RequestDecision =
  /** Everything that was made for it goes. */
  | { readonly kind: 'clean'; readonly why: string }
  /** The record changes; `drop`: ids that were reserved with it are free again. */
  | {
      readonly kind: 'change';
      readonly why: string;
      readonly change: Partial<TaskRecord>;
      readonly drop: boolean;
    }
  /** A request has to be opened, or its branch pushed. */
  | { readonly kind: 'propose'; readonly why: string }
  /** Nothing is done. `named`: a person should look at it. */
  | { readonly kind: 'leave'; readonly why: string; readonly named: boolean }
  /** Nothing is done, and there is nothing to say. */
  | { readonly kind: 'nothing' };

/** What a sweep does about a task whose work is, or was, proposed as a pull request. Pure. */
export function decideRequest(facts: RequestFacts): RequestDecision {
  const { merged, record, request } = facts;
  if (merged.merged === 'yes') return onceMerged(facts);
  if (merged.merged === 'unsure') return leave(facts, merged.why, true);
  if (request?.state === 'closed' && isOpenHere(record.state)) return onceClosed(facts, request);
  if (record.state === 'blocked' && request?.state === 'open' && isClosedReason(record.reason))
    return change(facts, 'it was opened again', { state: 'proposed', reason: null });
  if (!isOpenHere(record.state)) return { kind: 'nothing' };
  if (record.state === 'proposed' && isUnfinished(facts))
    return {
      kind: 'propose',
      why: record.pr === null ? 'no request was opened yet' : 'not brought up to date yet',
    };
  if (facts.task.taken !== null)
    return leave(facts, `${facts.task.taken}, and the request is still open: close it, or merge it`, true);
  return request === null ? withoutForge(facts) : whileOpen(facts, request);
}

function isOpenHere(state: RecordState | null): boolean {
  return state === 'proposed' || state === 'returned';
}

function isClosedReason(reason: string | null): boolean {
  return reason?.startsWith(CLOSED) === true;
}

/** A person may have taken the commit out that closes the task. */
function onceMerged({ task, merged, record }: RequestFacts): RequestDecision {
  const why = named(record, merged.why);
  if (task.state !== 'open') return { kind: 'clean', why };
  if (task.edited)
    return { kind: 'clean', why: `${why}; its task was edited and is not done: it can be picked again` };
  return {
    kind: 'leave',
    named: true,
    why: `${why}, but ${record.task} on main is not done: set it (rota edit ${record.task} status=done), or edit the task to have more done`,
  };
}

/** One that was closed before this work was pushed is another one's end. */
function onceClosed(facts: RequestFacts, request: RequestView): RequestDecision {
  const { record, branch } = facts;
  if (record.state === 'proposed' && request.head !== record.proposal.head && branch === 'behind')
    return { kind: 'propose', why: 'the request before was closed' };
  const reason = `${CLOSED}${request.url} was closed without being merged`;
  return change(facts, 'closed without being merged', { state: 'blocked', reason, pr: request.url }, true);
}

function isUnfinished({ record, branch, request }: RequestFacts): boolean {
  if (branch === 'behind') return true;
  if (record.pr === null && request === null) return true;
  return record.reason?.endsWith(TRIES_AGAIN) === true;
}

function withoutForge(facts: RequestFacts): RequestDecision {
  const { record, branch, conflict } = facts;
  if (branch === 'gone')
    return leave(facts, 'the branch was deleted on the remote, and its work is not on main', true);
  if (record.state === 'returned') return leave(facts, 'went back to the agent');
  const again = record.returned?.head === record.proposal.head;
  if (!conflict || again) return leave(facts, conflict ? 'conflicts with main' : 'waits for people');
  const asks: RequestAsks = { review: false, checks: false, conflict: true };
  const seen = { url: record.pr ?? record.proposal.branch, failing: [], comments: [], moreComments: false };
  const { review = null, comment = null, checks = 0 } = record.returned ?? {};
  return goBack(facts, seen, asks, { head: record.proposal.head, review, comment, checks });
}

function whileOpen(facts: RequestFacts, request: RequestView): RequestDecision {
  const { record } = facts;
  if (record.state === 'returned') {
    // What the agent has begun since is not to be called off.
    const untouched = record.returned?.head === request.head;
    const settled = untouched && !asksAnything(asksNow(request)) && request.checks !== 'pending';
    if (!settled) return leave(facts, 'went back to the agent');
    // The same head may be asked for the same again.
    const returned = record.returned && { ...record.returned, head: record.proposal.base };
    return change(facts, 'nothing is asked for any more', { state: 'proposed', reason: null, returned });
  }
  const asks = newAsks(request, record.returned);
  if (asksAnything(asks)) return askedAgain(facts, request, asks);
  const pr = request.url === record.pr ? {} : { pr: request.url, reason: null };
  const why = stateWords(request, record.returned);
  return Object.keys(pr).length === 0 ? leave(facts, why) : change(facts, why, pr);
}

/** An agent that cannot mend a check would be started again and again. */
function askedAgain(facts: RequestFacts, request: RequestView, asks: RequestAsks): RequestDecision {
  const { record, attempts } = facts;
  const before = record.returned;
  const alone = asks.checks && !asks.review;
  const checks = asks.review ? 0 : (before?.checks ?? 0) + (alone ? 1 : 0);
  const returned: ReturnedRequest = { ...givenToAgent(request, before), checks };
  if (alone && checks > attempts) {
    const names = request.failing.map(({ name }) => name).slice(0, 5);
    const reason = `checks still fail after ${attempts} tries${names.length === 0 ? '' : `: ${names.join(', ')}`} (${request.url})`;
    return change(facts, reason, { state: 'blocked', reason, returned, pr: request.url });
  }
  return goBack(facts, request, asks, returned);
}

function goBack(
  facts: RequestFacts,
  seen: Pick<RequestView, 'url' | 'failing' | 'comments' | 'moreComments'>,
  asks: RequestAsks,
  returned: ReturnedRequest,
): RequestDecision {
  const { record, request, now } = facts;
  const reason = askedWords(asks);
  const since = record.returned?.comment ?? null;
  const notes = addReturnNotes(record.notes, { request: seen, asks, since, now });
  const pr = request?.url ?? record.pr;
  return change(facts, `${reason}: it goes back to the agent`, {
    state: 'returned',
    reason,
    notes,
    returned,
    pr,
  });
}

function stateWords(request: RequestView, returned: ReturnedRequest | null): string {
  const asked = asksNow(request);
  const review = {
    approved: 'approved',
    'changes-requested': 'changes were requested and answered',
    none: 'not reviewed yet',
  }[request.review];
  const checks = { passing: 'checks pass', failing: 'checks fail', pending: 'checks run', none: null }[
    request.checks
  ];
  const conflict = asked.conflict && returned !== null ? 'conflicts with main' : null;
  return [review, checks, conflict].filter((word) => word !== null).join(', ');
}

function change(facts: RequestFacts, why: string, what: Partial<TaskRecord>, drop = false): RequestDecision {
  const { record, now } = facts;
  const event = what.state;
  if (event === undefined || event === null)
    return { kind: 'change', why: named(record, why), change: what, drop };
  const line = formatLogLine({
    at: now,
    role: 'sweeper',
    task: record.task,
    event,
    detail: plainText(why).slice(0, 300),
  });
  const log = [...record.log, line].slice(-MOST_LOG);
  return { kind: 'change', why: named(record, why), change: { ...what, log }, drop };
}

function leave({ record, task }: RequestFacts, why: string, isNamed = false): RequestDecision {
  const edited =
    task.edited && task.taken === null ? '; its task was edited on main since it was proposed' : '';
  return { kind: 'leave', why: `${named(record, why)}${edited}`, named: isNamed || edited !== '' };
}

function named({ pr, proposal }: RequestFacts['record'], why: string): string {
  return `${pr ?? `branch ${proposal.branch}`}: ${why}`;
}
