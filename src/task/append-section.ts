import { type SectionName, sectionOf } from './sections.ts';

/**
 * A body with a new section of that name: at the end, Notes before a Log that is last. `block` ends with a line break.
 * One blank line is put before it, one after its heading.
 */
export function appendSection(body: string, name: SectionName, block: string, newline: string): string {
  const log = name === 'Notes' ? sectionOf(body, 'Log') : null;
  const at = log !== null && log.end === body.length ? log.headingStart : body.length;
  const head = body.slice(0, at);
  const before = head === '' || head.endsWith('\n') ? head : head + newline;
  const rest = body.slice(at);
  const gap = /(?:^|\n)[ \t]*\r?\n$/.test(before) ? '' : newline;
  return `${before}${gap}## ${name}${newline}${newline}${block}${rest === '' ? '' : newline}${rest}`;
}
