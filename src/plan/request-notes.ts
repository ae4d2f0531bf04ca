import { plainLines, plainText } from '../task/text.ts';
import type { AttemptNote } from './record.ts';
import { addNote } from './record-notes.ts';
import type { RequestAsks } from './request-asks.ts';
import type { RequestComment, RequestView } from './request-view.ts';

export interface ReturnNotes {
  readonly request: Pick<RequestView, 'url' | 'failing' | 'comments' | 'moreComments'>;
  readonly asks: RequestAsks;
  /** Comments up to this time were given to the agent before; null: none was. */
  readonly since: string | null;
  readonly now: Date;
}

/** Bytes of one comment, of everything in a note (which has room for 4 KiB), and of why the request came back. */
const ONE_COMMENT = 1_600;
const ONE_NOTE = 3_400;
const HEAD = 1_500;
const MOST_CHECKS = 10;
/** Whose note it is: no run's. */
const BY = 'pull-request';

/**
 * The notes of a record with what a request asks for: why it came back, the failing checks, and the comments of people who may
 * write to the repository. What others say is counted and left out: it could be anybody's.
 */
export function addReturnNotes(notes: readonly AttemptNote[], what: ReturnNotes): readonly AttemptNote[] {
  const at = what.now.toISOString();
  return notePages(what).reduce<readonly AttemptNote[]>(
    (all, text) => addNote(all, { run: BY, at, outcome: 'returned', text }, true),
    notes,
  );
}

function notePages({ request, asks, since }: ReturnNotes): string[] {
  const fresh = request.comments.filter(({ at }) => since === null || at > since);
  const heard = fresh.filter(({ mayWrite, resolved }) => mayWrite && !resolved);
  const others = fresh.filter(({ mayWrite }) => !mayWrite).length;
  const head = headOf(request, asks);
  const { pages, left } = pack(head, heard.map(inWords));
  const more = [
    left === 0 ? null : `${left} older comments did not fit: ${plainText(request.url)}`,
    others === 0 ? null : `${others} comments of people who may not write here were left out.`,
    request.moreComments ? 'There are older comments that were not read.' : null,
  ].filter((line) => line !== null);
  return pages.map((page, index) => (index === pages.length - 1 ? [page, ...more].join('\n') : page));
}

function headOf({ url, failing }: ReturnNotes['request'], asks: RequestAsks): string {
  const lines = [`Pull request ${plainText(url)} came back: ${askedWords(asks)}.`];
  for (const check of asks.checks ? failing.slice(0, MOST_CHECKS) : [])
    lines.push(
      `- failing check: ${plainText(check.name).slice(0, 200)}${check.url === null ? '' : ` (${plainText(check.url).slice(0, 300)})`}`,
    );
  return cutBytes(lines.join('\n'), HEAD);
}

/** `changes are requested, a check fails and it conflicts with main` */
export function askedWords({ review, checks, conflict }: RequestAsks): string {
  const words = [
    review ? 'changes are requested' : null,
    checks ? 'a check fails' : null,
    conflict ? 'it conflicts with main' : null,
  ].filter((word) => word !== null);
  const last = words.pop() ?? '';
  return words.length === 0 ? last : `${words.join(', ')} and ${last}`;
}

function inWords({ author, at, body, path, line }: RequestComment): string {
  const where =
    path === null ? '' : `, on ${plainText(path).slice(0, 300)}${line === null ? '' : `:${line}`}`;
  const text = cutBytes(plainLines(body).trim(), ONE_COMMENT);
  return `${plainText(author).slice(0, 100)} (${plainText(at).slice(0, 40)}${where}):\n${text}`;
}

/** The newest comments that fit, in the order in which they were written: on one page, or on two. */
function pack(head: string, comments: readonly string[]): { pages: string[]; left: number } {
  const first = ONE_NOTE - bytesOf(head);
  const all = takeNewest(comments, first);
  if (all.rest.length === 0) return { pages: [joined([head, ...all.taken])], left: 0 };
  const last = takeNewest(comments, ONE_NOTE);
  const before = takeNewest(last.rest, first);
  return { pages: [joined([head, ...before.taken]), joined(last.taken)], left: before.rest.length };
}

function takeNewest(
  comments: readonly string[],
  room: number,
): { taken: readonly string[]; rest: readonly string[] } {
  let [at, left] = [comments.length, room];
  while (at > 0 && bytesOf(comments[at - 1]!) + 2 <= left) {
    at -= 1;
    left -= bytesOf(comments[at]!) + 2;
  }
  return { taken: comments.slice(at), rest: comments.slice(0, at) };
}

function joined(parts: readonly string[]): string {
  return parts.join('\n\n');
}

function cutBytes(text: string, most: number): string {
  if (bytesOf(text) <= most) return text;
  const cut = Buffer.from(text, 'utf8')
    .subarray(0, most)
    .toString('utf8')
    .replace(/\ufffd+$/, '');
  return `${cut}\n[… cut]`;
}

function bytesOf(text: string): number {
  return Buffer.byteLength(text, 'utf8');
}
