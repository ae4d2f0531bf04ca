import * as z from 'zod/mini';

const oid = z.string().check(z.regex(/^[0-9a-f]{40}(?:[0-9a-f]{24})?$/));
/** What git would take as a name, and nothing that anything else reads in another way. */
const branch = z
  .string()
  .check(
    z.refine((name) => /^[^\s~^:?*[\\\p{Cc}]{1,255}$/u.test(name) && !/^-|\.\.|\/\/|^\/|\/$|@\{/.test(name)),
  );
const url = z.string().check(z.maxLength(2000), z.regex(/^https?:\/\/[^\s\p{Cc}]+$/u));
const text = z.nullable(z.string());
/** Null for an account that is gone. */
const author = z.nullable(z.object({ login: z.string().check(z.maxLength(200)) }));
/** GraphQL gives null for an entry that may not be seen. */
const list = <Item extends z.core.$ZodType>(item: Item) => z.object({ nodes: z.array(z.nullable(item)) });
const counted = <Item extends z.core.$ZodType>(item: Item) =>
  z.object({ totalCount: z.number(), nodes: z.array(z.nullable(item)) });

const said = z.object({ author, authorAssociation: z.string(), body: text, createdAt: z.string() });

const check = z.object({
  __typename: z.string(),
  name: z.optional(text),
  conclusion: z.optional(text),
  status: z.optional(text),
  detailsUrl: z.optional(text),
  context: z.optional(text),
  state: z.optional(text),
  targetUrl: z.optional(text),
});

const request = z.object({
  number: z.int().check(z.positive()),
  url,
  title: z.string(),
  body: text,
  state: z.enum(['OPEN', 'MERGED', 'CLOSED']),
  isDraft: z.boolean(),
  headRefName: branch,
  headRefOid: oid,
  baseRefName: branch,
  mergeable: z.string(),
  reviewDecision: text,
  authorAssociation: z.string(),
  author,
  mergeCommit: z.nullable(z.object({ oid })),
  isCrossRepository: z.boolean(),
  maintainerCanModify: z.boolean(),
  headRepository: z.nullable(z.object({ nameWithOwner: z.string() })),
  latestOpinionatedReviews: z.nullable(
    list(z.object({ state: z.string(), submittedAt: text, commit: z.nullable(z.object({ oid })) })),
  ),
  commits: list(
    z.object({
      commit: z.object({
        oid,
        statusCheckRollup: z.nullable(z.object({ state: z.string(), contexts: z.nullable(list(check)) })),
      }),
    }),
  ),
  comments: z.optional(counted(said)),
  reviews: z.optional(z.nullable(counted(said))),
  reviewThreads: z.optional(
    counted(
      z.object({
        isResolved: z.boolean(),
        path: z.string(),
        line: z.nullable(z.number()),
        comments: counted(said),
      }),
    ),
  ),
});

export type RequestAnswer = z.infer<typeof request>;
export type SaidAnswer = z.infer<typeof said>;
export type CheckAnswer = z.infer<typeof check>;

/** The answer to follow-query.ts. An alias is one request, or the requests of a branch; null where there is none. */
export const followAnswer = z.object({
  data: z.nullish(
    z.object({
      repository: z.nullable(z.record(z.string(), z.nullable(z.union([request, list(request)])))),
    }),
  ),
  errors: z.optional(z.array(z.object({ type: z.optional(z.string()), message: z.string() }))),
});

/** REST's `pull request`, what proposing needs of it. */
export const openedAnswer = z.object({
  number: z.int().check(z.positive()),
  html_url: url,
  node_id: z.string(),
  title: z.string(),
  body: text,
  head: z.object({ ref: z.string(), repo: z.nullable(z.object({ full_name: z.string() })) }),
  base: z.object({ ref: z.string() }),
  labels: z.array(z.object({ name: z.string() })),
  requested_reviewers: z.array(z.object({ login: z.string() })),
  requested_teams: z.array(z.object({ slug: z.string() })),
});

export type OpenedAnswer = z.infer<typeof openedAnswer>;

/** REST's `repository`: how it may be merged there. */
export const repositoryAnswer = z.object({
  allow_merge_commit: z.optional(z.boolean()),
  allow_squash_merge: z.optional(z.boolean()),
  allow_rebase_merge: z.optional(z.boolean()),
});
