import { RotaError } from '../errors.ts';
import { appendSection } from './append-section.ts';
import { type LogEntry, parseLogLine } from './log-line.ts';
import { findSections, markdownLines, type Section, type SectionName, sectionOf } from './sections.ts';
import { type SplitFile, splitFrontMatter } from './split.ts';
import { plainLines, plainText } from './text.ts';

/** The markdown after the front-matter; the whole text when there is none. */
export function taskBody(text: string): string {
  const split = splitFrontMatter(text);
  return split.kind === 'broken' ? text : split.body;
}

/** Adds lines (formatLogLine) to the `## Log` section, which is made at the end if need be. */
export function appendLog(text: string, lines: readonly string[]): string {
  return appendTo(text, 'Log', lines.map(asOneLine).join('\n'), false);
}

/** Adds a paragraph to the `## Notes` section, which stands before the log. A note cannot form a section itself. */
export function appendNote(text: string, note: string): string {
  return appendTo(text, 'Notes', asNote(note), true);
}

/** What happened, from the `## Log` section; lines that are no log lines are left out. */
export function readLog(text: string): LogEntry[] {
  const body = taskBody(text);
  const section = sectionOf(body, 'Log');
  if (section === null) return [];
  const lines = body.slice(section.contentStart, section.end).split('\n');
  return lines.map(parseLogLine).filter((entry): entry is LogEntry => entry !== null);
}

/** The `- [ ]` items of the body, outside of code, Notes and Log; lines that continue an item belong to it. */
export function readCriteria(text: string): { text: string; checked: boolean }[] {
  const body = taskBody(text);
  const sections = findSections(body);
  let next = 0;
  const criteria: { text: string; checked: boolean }[] = [];
  let open = false;
  for (const line of markdownLines(body)) {
    while (line.start >= (sections[next]?.end ?? line.end)) next += 1;
    const inSection = line.start >= (sections[next]?.headingStart ?? line.end);
    const item = line.code || inSection ? null : /^\s*[-*+] \[([ xX])\]\s+(\S.*)$/.exec(line.text.trimEnd());
    const last = criteria.at(-1);
    if (item !== null) {
      criteria.push({ text: item[2] ?? '', checked: item[1] !== ' ' });
      open = true;
    } else if (
      open &&
      last !== undefined &&
      !line.code &&
      /^\s{2,}(?![-*+] |[0-9]+[.)] )\S/.test(line.text)
    ) {
      last.text = `${last.text} ${line.text.trim()}`;
    } else {
      open = false;
    }
  }
  return criteria;
}

function appendTo(text: string, name: SectionName, addition: string, paragraph: boolean): string {
  if (addition.trim() === '') return text;
  const split = splitFrontMatter(text);
  if (split.kind === 'broken') {
    throw new RotaError(
      'task',
      `this task file cannot be edited by rota: ${split.message}`,
      'edit it by hand',
    );
  }
  const newline = newlineOf(text, split);
  const block = addition.replaceAll('\n', newline) + newline;
  const section = sectionOf(split.body, name);
  if (section === null)
    return text.slice(0, split.bodyOffset) + appendSection(split.body, name, block, newline);
  return text.slice(0, split.bodyOffset) + insertInto(split.body, section, block, paragraph, newline);
}

/** At the section's end, before its last blank lines: nothing that is there is changed. */
function insertInto(
  body: string,
  section: Section,
  block: string,
  paragraph: boolean,
  newline: string,
): string {
  const { contentStart, end } = section;
  const content = body.slice(contentStart, end).trimEnd();
  const lastLine =
    content === '' ? /^[ \t]*\r?\n/.exec(body.slice(contentStart, end))?.[0].length : undefined;
  const lineBreak = content === '' ? -1 : body.indexOf('\n', contentStart + content.length);
  const at =
    content === ''
      ? contentStart + (lastLine ?? 0)
      : lineBreak === -1 || lineBreak >= end
        ? end
        : lineBreak + 1;
  const head = body.slice(0, at);
  const broken = head.endsWith('\n') ? '' : newline;
  const gap = content === '' ? lastLine === undefined : paragraph;
  const after = at === end && end < body.length ? newline : '';
  return `${head}${broken}${gap ? newline : ''}${block}${after}${body.slice(at)}`;
}

function newlineOf(text: string, split: SplitFile): string {
  return split.hasFrontMatter || !/\r\n/.test(text) ? split.newline : '\r\n';
}

/** Log lines come from records, which other machines write. */
function asOneLine(line: string): string {
  const plain = plainText(line).trim();
  return /^(?:#|`{3}|~{3}|<{7}|={7}|>{7})/.test(plain) ? `| ${plain}` : plain;
}

/** Notes come from agents: no headings, open fences, comments, conflict markers or control characters of theirs. */
function asNote(note: string): string {
  return markdownLines(plainLines(note).trim())
    .map(({ text, code }) => (code || !FENCE.test(text) ? text : `\\${text.trimStart()}`))
    .map((line) => line.trimEnd().replaceAll('<!--', '&lt;!--'))
    .map((line) => line.replace(/^ {0,3}(?=#{1,6}(?:[ \t]|$))/, '\\').replace(MARKER, ' $&'))
    .join('\n');
}

const FENCE = /^ {0,3}(?:`{3}|~{3})/;
const MARKER = /^(?:<{7}|={7}|>{7}|\|{7})/;
