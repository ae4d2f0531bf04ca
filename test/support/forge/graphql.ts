import { buildSchema, type ExecutionResult, graphql } from 'graphql';
import type { Check, Request, Requests, Said } from './requests.ts';

/** The part of GitHub's schema that rota asks for; test/unit/forge holds the questions against GitHub's whole one. */
const SCHEMA = buildSchema(`
  type Query { repository(owner: String!, name: String!): Repository }
  type Mutation { enablePullRequestAutoMerge(input: EnablePullRequestAutoMergeInput!): EnablePullRequestAutoMergePayload }
  input EnablePullRequestAutoMergeInput { pullRequestId: ID!, mergeMethod: PullRequestMergeMethod }
  type EnablePullRequestAutoMergePayload { clientMutationId: String }
  enum PullRequestMergeMethod { MERGE SQUASH REBASE }
  type Repository {
    nameWithOwner: String!
    pullRequest(number: Int!): PullRequest
    pullRequests(headRefName: String, first: Int, orderBy: IssueOrder): PullRequestConnection!
  }
  input IssueOrder { field: IssueOrderField!, direction: OrderDirection! }
  enum IssueOrderField { CREATED_AT UPDATED_AT COMMENTS }
  enum OrderDirection { ASC DESC }
  type PullRequestConnection { nodes: [PullRequest] }
  interface Comment { author: Actor, authorAssociation: String!, body: String!, createdAt: String! }
  type Actor { login: String! }
  type PullRequest implements Comment {
    number: Int!, url: String!, title: String!, body: String!, state: String!, isDraft: Boolean!
    headRefName: String!, headRefOid: String!, baseRefName: String!, mergeable: String!, reviewDecision: String
    authorAssociation: String!, author: Actor, createdAt: String!
    mergeCommit: Commit
    isCrossRepository: Boolean!, maintainerCanModify: Boolean!
    headRepository: Repository
    latestOpinionatedReviews(last: Int, writersOnly: Boolean): PullRequestReviewConnection
    commits(last: Int): PullRequestCommitConnection!
    comments(last: Int): IssueCommentConnection!
    reviews(last: Int, states: [PullRequestReviewState!]): PullRequestReviewConnection
    reviewThreads(last: Int): PullRequestReviewThreadConnection!
  }
  enum PullRequestReviewState { PENDING COMMENTED APPROVED CHANGES_REQUESTED DISMISSED }
  type Commit { oid: String!, statusCheckRollup: StatusCheckRollup }
  type StatusCheckRollup { state: String!, contexts(first: Int): StatusCheckRollupContextConnection! }
  type StatusCheckRollupContextConnection { nodes: [StatusCheckRollupContext] }
  union StatusCheckRollupContext = CheckRun | StatusContext
  type CheckRun { name: String!, conclusion: String, status: String!, detailsUrl: String }
  type StatusContext { context: String!, state: String!, targetUrl: String }
  type PullRequestCommitConnection { nodes: [PullRequestCommit] }
  type PullRequestCommit { commit: Commit! }
  type IssueCommentConnection { totalCount: Int!, nodes: [IssueComment] }
  type IssueComment implements Comment { author: Actor, authorAssociation: String!, body: String!, createdAt: String! }
  type PullRequestReviewConnection { totalCount: Int!, nodes: [PullRequestReview] }
  type PullRequestReview implements Comment {
    author: Actor, authorAssociation: String!, body: String!, createdAt: String!
    state: String!, submittedAt: String, commit: Commit
  }
  type PullRequestReviewThreadConnection { totalCount: Int!, nodes: [PullRequestReviewThread] }
  type PullRequestReviewThread {
    isResolved: Boolean!, path: String!, line: Int, comments(last: Int): PullRequestReviewCommentConnection!
  }
  type PullRequestReviewCommentConnection { totalCount: Int!, nodes: [PullRequestReviewComment] }
  type PullRequestReviewComment implements Comment {
    author: Actor, authorAssociation: String!, body: String!, createdAt: String!
  }
`);

const WRITERS = ['OWNER', 'MEMBER', 'COLLABORATOR'];

export interface GraphqlDoor {
  readonly requests: Requests;
  readonly name: string;
  /** `https://localhost:1234` */
  readonly web: string;
  autoMerge(request: Request, method: string): string | null;
}

/** Answers a question as GitHub's GraphQL does, errors for what is not there included. */
export function answerGraphql(
  door: GraphqlDoor,
  asked: { readonly query: string; readonly variables?: Record<string, unknown> },
): Promise<ExecutionResult> {
  const { requests, name } = door;
  requests.refresh();
  const rootValue = {
    repository: (where: { owner: string; name: string }) => {
      if (`${where.owner}/${where.name}`.toLowerCase() !== `${requests.owner}/${name}`.toLowerCase())
        throw notFound(`Could not resolve to a Repository with the name '${where.owner}/${where.name}'.`);
      return repository(door);
    },
    enablePullRequestAutoMerge: ({ input }: { input: { pullRequestId: string; mergeMethod: string } }) => {
      const request = requests.all.find(({ number }) => `PR_${number}` === input.pullRequestId);
      if (request === undefined) throw notFound('Could not resolve to a node with the global id.');
      const refusal = door.autoMerge(request, input.mergeMethod);
      if (refusal !== null) throw new Error(refusal);
      return { clientMutationId: null };
    },
  };
  return graphql({ schema: SCHEMA, source: asked.query, rootValue, variableValues: asked.variables ?? {} });
}

function repository(door: GraphqlDoor) {
  const { requests } = door;
  return {
    pullRequest: ({ number }: { number: number }) => {
      const found = requests.all.find((one) => one.number === number);
      if (found === undefined)
        throw notFound(`Could not resolve to a PullRequest with the number of ${number}.`);
      return pullRequest(door, found);
    },
    pullRequests: ({ headRefName, first }: { headRefName: string; first: number }) => ({
      nodes: requests.all
        .filter(({ branch }) => branch === headRefName)
        .reverse()
        .slice(0, first)
        .map((one) => pullRequest(door, one)),
    }),
  };
}

function pullRequest({ requests, name, web }: GraphqlDoor, request: Request) {
  const { number, title, body, state, draft, head, base, branch, from, author, association } = request;
  const reviews = request.reviews.map((one) => ({
    ...said(one),
    state: one.state,
    submittedAt: one.at,
    commit: { oid: one.commit },
  }));
  return {
    ...{ number, title, body, state, isDraft: draft, url: `${web}/${requests.owner}/${name}/pull/${number}` },
    ...{ headRefName: branch, headRefOid: head, baseRefName: base, createdAt: '2026-01-01T00:00:00Z' },
    mergeable: () =>
      state !== 'OPEN' ? 'UNKNOWN' : requests.isConflicting(request) ? 'CONFLICTING' : 'MERGEABLE',
    // Without rules for main, GitHub decides nothing.
    reviewDecision: null,
    ...{ authorAssociation: association, author: { login: author } },
    mergeCommit: request.merge === null ? null : { oid: request.merge },
    ...{ isCrossRepository: from !== requests.owner, maintainerCanModify: request.maintainerCanModify },
    headRepository: { nameWithOwner: `${from}/${name}` },
    latestOpinionatedReviews: ({ writersOnly }: { writersOnly?: boolean }) => {
      const opinions = request.reviews.filter(
        (one) => one.state !== 'COMMENTED' && (writersOnly !== true || WRITERS.includes(one.association)),
      );
      const latest = opinions.filter((one, at) => !opinions.slice(at + 1).some(({ by }) => by === one.by));
      return connection(reviews.filter((_, at) => latest.includes(request.reviews[at]!)));
    },
    commits: { nodes: [{ commit: { oid: head, statusCheckRollup: rollup(request.checks.get(head)) } }] },
    comments: ({ last }: { last: number }) => connection(request.comments.map(said), last),
    reviews: ({ last }: { last: number }) => connection(reviews, last),
    reviewThreads: ({ last }: { last: number }) =>
      connection(
        request.threads.map((thread) => ({
          ...{ isResolved: thread.resolved, path: thread.path, line: thread.line },
          comments: (inside: { last: number }) => connection(thread.comments.map(said), inside.last),
        })),
        last,
      ),
  };
}

function said({ by, association, body, at }: Said) {
  return { author: { login: by }, authorAssociation: association, body, createdAt: at };
}

function connection<Item>(items: readonly Item[], last = 100) {
  return { totalCount: items.length, nodes: items.slice(-last) };
}

function rollup(checks: readonly Check[] | undefined) {
  if (checks === undefined || checks.length === 0) return null;
  const bad = checks.some(({ conclusion }) =>
    ['FAILURE', 'ERROR', 'TIMED_OUT', 'CANCELLED'].includes(conclusion ?? ''),
  );
  const state = bad
    ? 'FAILURE'
    : checks.some(({ conclusion }) => conclusion === null)
      ? 'PENDING'
      : 'SUCCESS';
  const nodes = checks.map(({ name, conclusion, status, url = null }) =>
    status === true
      ? { __typename: 'StatusContext', context: name, state: conclusion ?? 'PENDING', targetUrl: url }
      : {
          ...{ __typename: 'CheckRun', name, conclusion, detailsUrl: url },
          status: conclusion === null ? 'IN_PROGRESS' : 'COMPLETED',
        },
  );
  return { state, contexts: { nodes } };
}

/** GitHub puts the kind of an error beside its words. */
function notFound(message: string): Error & { type: string } {
  return Object.assign(new Error(message), { type: 'NOT_FOUND' });
}
