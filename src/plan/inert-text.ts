import { plainText } from '../task/text.ts';

/** Shown as nothing, and it keeps what stands on its two sides from being read as one. */
const GAP = '\u200b';

/**
 * Untrusted text as one line that a forge makes nothing of, in a title or a commit's message: no mention, no issue that a
 * merge would close, no link.
 */
export function inertTitle(text: string): string {
  return plainText(text).replace(REFERENCE, (found) => `${found}${GAP}`);
}

/**
 * Untrusted text as one line of markdown that is shown as it was written: no formatting, HTML, image, link, mention,
 * reference or command of the forge (`/merge`) comes of it.
 */
export function inertMarkdown(text: string): string {
  return plainText(text)
    .trim()
    .replace(/[&<>]/g, (one) => ENTITIES[one]!)
    .replace(/[\\`*_{}[\]|~$]/g, '\\$&')
    .replace(/^(?:[-+=/#]|\d+[.)])/, (start) => `${start.slice(0, -1)}\\${start.slice(-1)}`)
    .replace(REFERENCE, (found) => `${found}&#8203;`);
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

/** What begins a mention, a reference to an issue or request, or a link. An entity's own `&#…` is none. */
const REFERENCE = /@(?=[A-Za-z0-9_-])|(?<!&)#(?=\d)|(?<![A-Za-z0-9_])GH-(?=\d)|!(?=\d)|:(?=\/\/)|www(?=\.)/gi;
