import type { Proposal, Proposed } from '../forge.ts';
import { ForgeError } from '../forge-error.ts';
import { newText, updatedText } from '../request-body.ts';
import { decorateRequest } from './decorate-request.ts';
import { type OpenedAnswer, openedAnswer } from './follow-answer.ts';
import type { GhRepository } from './follow-requests.ts';
import type { GhApi } from './gh-api.ts';
import { messageOf, nonsense } from './gh-trouble.ts';

/**
 * Opens a request for a branch that is on the remote, or brings the open one up to date; then labels, reviewers and
 * auto-merge, none of which can lose the request.
 *
 * @throws ForgeError
 */
export async function openRequest(
  api: GhApi,
  repository: GhRepository,
  proposal: Proposal,
): Promise<Proposed> {
  const there = await findOpen(api, repository, proposal);
  if (there !== null) return await update(api, repository, there, proposal);
  const notes: string[] = [];
  const made = await create(api, repository, proposal, proposal.draft, notes);
  // Somebody, or an earlier try whose answer was lost, was faster.
  if (made === null) {
    const other = await findOpen(api, repository, proposal);
    if (other === null)
      throw nonsense(repository.host, 'a request is there already, and it is not in the list');
    return await update(api, repository, other, proposal);
  }
  notes.push(...(await decorateRequest(api, repository, made, proposal)));
  return { number: made.number, url: made.html_url, link: null, created: true, notes };
}

async function findOpen(
  api: GhApi,
  repository: GhRepository,
  { branch, base }: Proposal,
): Promise<OpenedAnswer | null> {
  const { host, owner } = repository;
  const asked = new URLSearchParams({ state: 'open', head: `${owner}:${branch}`, base, per_page: '30' });
  const reply = await api({ method: 'GET', path: `${pulls(repository)}?${asked}` });
  if (!Array.isArray(reply.json)) throw nonsense(host, 'a list of requests was expected');
  const requests = reply.json.map((one) => read(one, host));
  // The question is only a filter; an odd name makes the forge ignore it.
  const isOwn = ({ head, base: to }: OpenedAnswer) =>
    head.ref === branch && to.ref === base && head.repo?.full_name.toLowerCase() === fullName(repository);
  return requests.find(isOwn) ?? null;
}

/** Null: there is one already. */
async function create(
  api: GhApi,
  repository: GhRepository,
  proposal: Proposal,
  draft: boolean,
  notes: string[],
): Promise<OpenedAnswer | null> {
  const { host } = repository;
  const body = { ...newText(proposal), head: proposal.branch, base: proposal.base, draft };
  const reply = await api({ method: 'POST', path: pulls(repository), body, ok: [422] });
  if (reply.status !== 422) return read(reply.json, host);
  const said = messageOf(reply.json);
  if (/already exists/i.test(said)) return null;
  if (draft && /draft/i.test(said)) {
    notes.push(`It is no draft: ${said}.`);
    return await create(api, repository, proposal, false, notes);
  }
  const hint = /no commits between/i.test(said)
    ? `Everything on the branch is on ${proposal.base} already.`
    : 'The branch is there: open the request by hand, or change what it complains of and run rota sweep.';
  throw new ForgeError('refused', `${host} does not open a request for ${proposal.branch}: ${said}.`, hint);
}

async function update(
  api: GhApi,
  repository: GhRepository,
  there: OpenedAnswer,
  proposal: Proposal,
): Promise<Proposed> {
  const now = { title: there.title, body: there.body ?? '' };
  const wanted = updatedText(now, proposal);
  const notes: string[] = [];
  if (wanted.title !== now.title || wanted.body !== now.body) {
    const path = `${pulls(repository)}/${there.number}`;
    const reply = await api({ method: 'PATCH', path, body: wanted, ok: [422] });
    if (reply.status === 422) notes.push(`Its text is the old one: ${messageOf(reply.json)}.`);
  }
  // A death between opening and this left it bare; what people took off one by one is not put back.
  const bare = there.labels.length + there.requested_reviewers.length + there.requested_teams.length === 0;
  if (bare) notes.push(...(await decorateRequest(api, repository, there, proposal)));
  return { number: there.number, url: there.html_url, link: null, created: false, notes };
}

function read(json: unknown, host: string): OpenedAnswer {
  const found = openedAnswer.safeParse(json);
  if (found.success) return found.data;
  throw nonsense(host, 'a request was expected');
}

function pulls(repository: GhRepository): string {
  return `repos/${repository.owner}/${repository.name}/pulls`;
}

function fullName({ owner, name }: GhRepository): string {
  return `${owner}/${name}`.toLowerCase();
}
