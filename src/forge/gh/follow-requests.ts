import { plainText } from '../../task/text.ts';
import type { Followed, PullRequest } from '../forge.ts';
import { ForgeError } from '../forge-error.ts';
import { followAnswer, type RequestAnswer } from './follow-answer.ts';
import { followQuery } from './follow-query.ts';
import type { GhApi } from './gh-api.ts';
import { limited, nonsense } from './gh-trouble.ts';
import { toPullRequest } from './to-pull-request.ts';

export interface GhRepository {
  readonly host: string;
  readonly owner: string;
  readonly name: string;
  /** The remote's own address. */
  readonly url: string;
}

/** How many are asked for at once where all of them were too much. */
const FEW = 10;

/**
 * The requests that the forge knows, in one question. Only when that is too much (the answer too long because somebody filled
 * a request with comments, or GitHub's own time limit), they are asked for by tens, then one by one, then without comments.
 *
 * @throws ForgeError
 */
export async function followRequests(
  api: GhApi,
  repository: GhRepository,
  asked: readonly Followed[],
): Promise<PullRequest[]> {
  if (asked.length === 0) return [];
  try {
    return await ask(api, repository, asked, true);
  } catch (error) {
    if (!(error instanceof ForgeError) || !error.tooMuch) throw error;
    if (asked.length === 1)
      return (await ask(api, repository, asked, false)).map((one) => ({ ...one, moreComments: true }));
    const size = asked.length > FEW ? FEW : 1;
    const found: PullRequest[] = [];
    for (let at = 0; at < asked.length; at += size)
      found.push(...(await followRequests(api, repository, asked.slice(at, at + size))));
    return found;
  }
}

async function ask(
  api: GhApi,
  repository: GhRepository,
  asked: readonly Followed[],
  comments: boolean,
): Promise<PullRequest[]> {
  const { host, owner, name, url } = repository;
  const body = followQuery({ owner, name }, asked, { comments });
  const reply = await api({ method: 'POST', path: 'graphql', body });
  const read = followAnswer.safeParse(reply.json);
  if (!read.success) throw nonsense(host, whereWrong(read.error.issues));
  const { data, errors = [] } = read.data;
  if (errors.some(({ type }) => type === 'RATE_LIMITED')) throw limited(host, resetOf(reply.headers));
  const found = data?.repository ?? null;
  if (found === null) throw noRepository(repository, errors);
  return asked.flatMap((one, at) => {
    const entry = found[`p${at}`] ?? null;
    if (entry === null) return [];
    const request = 'nodes' in entry ? newestOwn(entry.nodes, one.branch) : entry;
    return request === null ? [] : [toPullRequest(request, url)];
  });
}

/** A fork may have a branch of the same name, which is nobody's of ours. An open one before what is over. */
function newestOwn(nodes: readonly (RequestAnswer | null)[], branch: string): RequestAnswer | null {
  const own = nodes.filter((node) => node !== null && !node.isCrossRepository && node.headRefName === branch);
  return own.find((node) => node?.state === 'OPEN') ?? own[0] ?? null;
}

function noRepository(
  { host, owner, name }: GhRepository,
  errors: readonly { readonly type?: string | undefined; readonly message: string }[],
): ForgeError {
  const said = plainText(errors[0]?.message ?? 'no data').slice(0, 400);
  if (errors.some(({ type }) => type === 'NOT_FOUND' || type === 'FORBIDDEN'))
    return new ForgeError(
      'not-found',
      `${host} knows no ${owner}/${name}, or you may not see it: ${said}`,
      "Look at the remote's address (git remote -v) and who you are there: gh auth status.",
    );
  return nonsense(host, said);
}

function resetOf(headers: ReadonlyMap<string, string>): Date | null {
  const reset = Number.parseInt(headers.get('x-ratelimit-reset') ?? '', 10);
  return reset > 0 && reset < 1e11 ? new Date(reset * 1000) : null;
}

function whereWrong(issues: readonly { readonly path: readonly PropertyKey[] }[]): string {
  const path = issues[0]?.path.map(String).join('.') ?? '';
  return `it has another shape than asked for${path === '' ? '' : ` at ${plainText(path).slice(0, 100)}`}`;
}
