import type { Followed } from '../forge.ts';

export interface FollowQuery {
  readonly query: string;
  readonly variables: Readonly<Record<string, string | number>>;
}

/** How much of each request's talk is asked for; with `comments: false` none. */
export interface QueryOptions {
  readonly comments: boolean;
}

/**
 * One question about many requests: an alias `p0`, `p1`… for each. Names are variables, never part of the query. Asked by
 * number, or for the newest request of a branch.
 */
export function followQuery(
  repository: { readonly owner: string; readonly name: string },
  asked: readonly Followed[],
  options: QueryOptions,
): FollowQuery {
  const variables: Record<string, string | number> = { ...repository };
  const declared = ['$owner: String!', '$name: String!'];
  const fields = asked.map(({ number, branch }, at) => {
    if (number !== null) {
      declared.push(`$n${at}: Int!`);
      variables[`n${at}`] = number;
      return `p${at}: pullRequest(number: $n${at}) { ...request }`;
    }
    declared.push(`$b${at}: String!`);
    variables[`b${at}`] = branch;
    return (
      `p${at}: pullRequests(headRefName: $b${at}, first: 5, ` +
      'orderBy: {field: CREATED_AT, direction: DESC}) { nodes { ...request } }'
    );
  });
  const query =
    `query RotaFollow(${declared.join(', ')}) {\n` +
    `  repository(owner: $owner, name: $name) {\n    ${fields.join('\n    ')}\n  }\n}\n` +
    `fragment request on PullRequest {${FACTS}${options.comments ? COMMENTS : ''}}\n` +
    // GraphQL refuses a fragment that nothing uses.
    (options.comments ? SAID : '');
  return { query, variables };
}

const FACTS = `
  number url title body state isDraft headRefName headRefOid baseRefName mergeable reviewDecision
  authorAssociation author { login }
  mergeCommit { oid }
  isCrossRepository maintainerCanModify
  headRepository { nameWithOwner }
  latestOpinionatedReviews(last: 50, writersOnly: true) { nodes { state submittedAt commit { oid } } }
  commits(last: 1) { nodes { commit { oid statusCheckRollup { state contexts(first: 100) { nodes {
    __typename
    ... on CheckRun { name conclusion status detailsUrl }
    ... on StatusContext { context state targetUrl }
  } } } } } }
`;

const COMMENTS = `
  comments(last: 50) { totalCount nodes { ...said } }
  reviews(last: 50, states: [APPROVED, CHANGES_REQUESTED, COMMENTED, DISMISSED]) { totalCount nodes { ...said } }
  reviewThreads(last: 50) { totalCount nodes { isResolved path line comments(last: 5) { totalCount nodes { ...said } } } }
`;

const SAID = 'fragment said on Comment { author { login } authorAssociation body createdAt }\n';
