import type { Request, Requests } from './requests.ts';

export interface RestDoor {
  readonly requests: Requests;
  readonly name: string;
  readonly web: string;
  readonly labels: ReadonlySet<string>;
  readonly people: ReadonlySet<string>;
  readonly rules: Rules;
}

/** What the repository allows, and how its lists answer. */
export interface Rules {
  drafts: boolean;
  merge: boolean;
  squash: boolean;
  rebase: boolean;
  autoMerge: boolean;
  /** `unfiltered`: as for a filter that is not understood; `late`: the next list does not know the newest yet. */
  lists: 'right' | 'unfiltered' | 'late';
}

export interface RestAnswer {
  readonly status: number;
  readonly json: unknown;
}

interface Asked {
  readonly method: string;
  /** Below `/api/v3/`, without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body: Record<string, unknown>;
}

/** Answers as GitHub's REST API does, refusals in its words. */
export function answerRest(door: RestDoor, { method, path, query, body }: Asked): RestAnswer {
  const { requests, name } = door;
  requests.refresh();
  const root = `repos/${requests.owner}/${name}`;
  if (path.toLowerCase() !== root && !path.toLowerCase().startsWith(`${root}/`)) return NOT_FOUND;
  const [what = '', which = '', more = ''] = path.slice(root.length + 1).split('/');
  const request = requests.all.find(({ number }) => String(number) === which);
  switch (`${method} ${what}${which === '' ? '' : '/…'}${more === '' ? '' : `/${more}`}`) {
    case 'GET ': {
      const { merge, squash, rebase } = door.rules;
      return ok({ allow_merge_commit: merge, allow_squash_merge: squash, allow_rebase_merge: rebase });
    }
    case 'GET pulls':
      return ok(list(door, query));
    case 'POST pulls':
      return create(door, body);
    case 'GET pulls/…':
      return request === undefined ? NOT_FOUND : ok(shown(door, request));
    case 'PATCH pulls/…':
      return request === undefined ? NOT_FOUND : change(door, request, body);
    case 'GET labels/…':
      return door.labels.has(decodeURIComponent(which)) ? ok({ name: decodeURIComponent(which) }) : NOT_FOUND;
    case 'POST issues/…/labels':
      if (request === undefined) return NOT_FOUND;
      request.labels.push(...strings(body['labels']).filter((label) => !request.labels.includes(label)));
      return ok(request.labels.map((label) => ({ name: label })));
    case 'POST pulls/…/requested_reviewers':
      return request === undefined ? NOT_FOUND : askReviewers(door, request, body);
    default:
      return NOT_FOUND;
  }
}

const NOT_FOUND: RestAnswer = { status: 404, json: { message: 'Not Found' } };

function ok(json: unknown, status = 200): RestAnswer {
  return { status, json };
}

function invalid(...errors: object[]): RestAnswer {
  return { status: 422, json: { message: 'Validation Failed', errors } };
}

function list(door: RestDoor, query: URLSearchParams): unknown[] {
  if (door.rules.lists === 'late') {
    door.rules.lists = 'right';
    return [];
  }
  const head = door.rules.lists === 'unfiltered' ? null : query.get('head');
  const base = query.get('base');
  return door.requests.all
    .filter(({ state }) => query.get('state') !== 'open' || state === 'OPEN')
    .filter(({ from, branch }) => head === null || `${from}:${branch}` === head)
    .filter((one) => base === null || one.base === base)
    .reverse()
    .map((one) => shown(door, one));
}

function create(door: RestDoor, body: Record<string, unknown>): RestAnswer {
  const { requests } = door;
  const [title, head, base] = [body['title'], body['head'], body['base']];
  if (typeof title !== 'string' || title.trim() === '')
    return invalid({ field: 'title', code: 'missing_field' });
  if (typeof head !== 'string' || requests.tipOf(requests.owner, head) === null)
    return invalid({ resource: 'PullRequest', field: 'head', code: 'invalid' });
  if (typeof base !== 'string' || requests.tipOf(requests.owner, base) === null)
    return invalid({ resource: 'PullRequest', field: 'base', code: 'invalid' });
  if (requests.all.some((one) => one.state === 'OPEN' && one.branch === head && one.from === requests.owner))
    return invalid({
      message: `A pull request already exists for ${requests.owner}:${head}.`,
      code: 'custom',
    });
  if (requests.bare.git('rev-list', '-1', `refs/heads/${base}..refs/heads/${head}`) === '')
    return invalid({ message: `No commits between ${base} and ${head}`, code: 'custom' });
  if (body['draft'] === true && !door.rules.drafts)
    return { status: 422, json: { message: 'Draft pull requests are not supported in this repository.' } };
  const text = typeof body['body'] === 'string' ? body['body'] : '';
  const made = requests.open({ branch: head, base, title, body: text, draft: body['draft'] === true });
  return ok(shown(door, made), 201);
}

function change(door: RestDoor, request: Request, body: Record<string, unknown>): RestAnswer {
  if (typeof body['title'] === 'string') request.title = body['title'];
  if (typeof body['body'] === 'string') request.body = body['body'];
  return ok(shown(door, request));
}

/** One that is not allowed, and none is asked. */
function askReviewers(door: RestDoor, request: Request, body: Record<string, unknown>): RestAnswer {
  const people = strings(body['reviewers']);
  const teams = strings(body['team_reviewers']);
  if (people.includes(request.author))
    return { status: 422, json: { message: 'Review cannot be requested from pull request author.' } };
  if (![...people, ...teams].every((who) => door.people.has(who)))
    return {
      status: 422,
      json: {
        message: 'Reviews may only be requested from collaborators. One or more of the users is not one.',
      },
    };
  request.reviewers.push(...people);
  request.teams.push(...teams);
  return ok(shown(door, request), 201);
}

function shown({ requests, name, web }: RestDoor, request: Request) {
  const { number, title, body, branch, base, from, head, draft, state } = request;
  return {
    ...{ number, title, body, draft, node_id: `PR_${number}`, state: state === 'OPEN' ? 'open' : 'closed' },
    html_url: `${web}/${requests.owner}/${name}/pull/${number}`,
    head: { ref: branch, sha: head, repo: { full_name: `${from}/${name}` } },
    base: { ref: base },
    labels: request.labels.map((label) => ({ name: label })),
    requested_reviewers: request.reviewers.map((login) => ({ login })),
    requested_teams: request.teams.map((slug) => ({ slug })),
  };
}

function strings(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];
}
