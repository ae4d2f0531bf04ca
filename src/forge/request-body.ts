import { createHash } from 'node:crypto';

/** A request's text on the forge: rota's part between two marks, and whatever people wrote around it. */
export interface RequestText {
  readonly title: string;
  readonly body: string;
}

const BEGIN = /<!-- rota ([0-9a-f]{12}) -->\n?/;
const END = '\n<!-- /rota -->';

/** The text that a new request gets. The mark remembers the title, so that a person's own title is noticed later. */
export function newText({ title, body }: RequestText): RequestText {
  return { title, body: `<!-- rota ${hashOf(title)} -->\n${body}${END}` };
}

/**
 * The text that an open request gets: only rota's own part is replaced, and the title only if it is still the one that rota
 * gave. Without the marks (a person opened it, or took them out) the text is the person's: it stays.
 */
export function updatedText(now: RequestText, own: RequestText): RequestText {
  const begin = BEGIN.exec(now.body.replaceAll('\r\n', '\n'));
  const body = now.body.replaceAll('\r\n', '\n');
  const end = body.lastIndexOf(END);
  if (begin === null || end < begin.index) return now;
  const before = body.slice(0, begin.index);
  const after = body.slice(end + END.length);
  const isOwnTitle = begin[1] === hashOf(now.title);
  const text = newText({ title: own.title, body: own.body });
  // With a person's title the mark stays what it was: it never fits again, whatever rota would say.
  const mark = isOwnTitle ? text.body : text.body.replace(BEGIN, begin[0]);
  return { title: isOwnTitle ? own.title : now.title, body: `${before}${mark}${after}` };
}

function hashOf(title: string): string {
  return createHash('sha256').update(title.trim()).digest('hex').slice(0, 12);
}
