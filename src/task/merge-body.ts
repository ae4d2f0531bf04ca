import { appendSection } from './append-section.ts';
import { keepsEdits } from './keeps-edits.ts';
import { parseLogLine } from './log-line.ts';
import { isConflict, type LineConflict, mergeLines } from './merge-lines.ts';
import { findSections, type Section, type SectionName, sectionOf } from './sections.ts';

export interface MergedBody {
  /** With conflict markers where there are conflicts. */
  readonly body: string;
  readonly conflicts: readonly string[];
}

/**
 * Three-way merge of markdown bodies by line, all with the same line breaks. Notes and Log are append-only: what both
 * sides added stays, log lines in the order of their times.
 */
export function mergeBody(base: string, ours: string, theirs: string, newline: string): MergedBody {
  if (ours === theirs || theirs === base) return { body: ours, conflicts: [] };
  if (ours === base) return { body: theirs, conflicts: [] };
  const texts = { base, ours, theirs };
  const notes = takeSection(texts, 'Notes');
  const log = takeSection(notes.rest, 'Log');
  const main = render(mergeLines(log.rest.base, log.rest.ours, log.rest.theirs), newline);
  const mergedNotes = mergeSection(notes.contents, (conflict) => appended(conflict, newline), newline);
  const mergedLog = mergeSection(log.contents, (conflict) => byTime(conflict), newline);
  const withLog = putSection(main.text, 'Log', mergedLog.text, newline);
  const conflicts = [
    ...(main.conflicts > 0 ? ['both sides changed the same lines of the body'] : []),
    ...(mergedNotes.conflicts > 0 ? ['both sides changed the same lines of the notes'] : []),
    ...(mergedLog.conflicts > 0 ? ['both sides changed the same lines of the log'] : []),
  ];
  const body = putSection(withLog, 'Notes', mergedNotes.text, newline);
  if (keepsEdits(base, ours, theirs, body)) return { body, conflicts };
  // Two sections of one name, or a heading that became code: nothing is guessed.
  const whole = { base: [base], ours: [ours], theirs: [theirs] };
  return { body: markers(whole, newline), conflicts: ['both sides changed the sections of the body'] };
}

interface Sides {
  readonly base: string;
  readonly ours: string;
  readonly theirs: string;
}

/** Takes a section's content out of all three; its heading stays where the base has one too. */
function takeSection(sides: Sides, name: SectionName): { contents: Sides; rest: Sides } {
  const inBase = sectionOf(sides.base, name) !== null;
  const take = (body: string) => {
    const section = sectionOf(body, name);
    if (section === null) return { content: '', rest: body };
    const content = body.slice(section.contentStart, section.end);
    const only = findSections(body).filter((other) => other.name === name).length === 1;
    const movable = !inBase && only && isAtTail(body, section);
    const head = movable
      ? `${body.slice(0, section.headingStart).trimEnd()}\n`
      : body.slice(0, section.contentStart);
    return { content, rest: head + body.slice(section.end) };
  };
  const [base, ours, theirs] = [take(sides.base), take(sides.ours), take(sides.theirs)];
  return {
    contents: { base: base.content, ours: ours.content, theirs: theirs.content },
    rest: { base: base.rest, ours: ours.rest, theirs: theirs.rest },
  };
}

/** Only sections that rota appends to follow it. */
function isAtTail(body: string, section: Section): boolean {
  let at = section.end;
  for (const next of findSections(body)) {
    if (next.headingStart === at) at = next.end;
  }
  return at === body.length;
}

function putSection(body: string, name: SectionName, content: string, newline: string): string {
  if (content === '') return body;
  const section = sectionOf(body, name);
  if (section === null) {
    return content.trim() === '' ? body : appendSection(body, name, content.trim() + newline, newline);
  }
  const head = body.slice(0, section.contentStart);
  const rest = body.slice(section.contentStart);
  const blank = rest === '' || /\n[ \t]*\r?\n$/.test(content) ? '' : newline;
  return `${head.endsWith('\n') ? head : head + newline}${content}${rest.trim() === '' ? '' : blank}${rest}`;
}

type Resolve = (conflict: LineConflict) => readonly string[];

function mergeSection(sides: Sides, resolve: Resolve, newline: string): { text: string; conflicts: number } {
  const { base, ours, theirs } = sides;
  if (ours === theirs || theirs === base) return { text: ours, conflicts: 0 };
  if (ours === base) return { text: theirs, conflicts: 0 };
  const parts = mergeLines(endLine(base, newline), endLine(ours, newline), endLine(theirs, newline));
  const isRewrite = (part: LineConflict) => part.base.some((line) => line.trim() !== '');
  return render(
    parts.map((part) => (isConflict(part) && !isRewrite(part) ? resolve(part) : part)),
    newline,
  );
}

/** Two notes, one after the other; the same note is there once. */
function appended({ ours, theirs }: LineConflict, newline: string): readonly string[] {
  if (holds(ours, theirs)) return ours;
  if (holds(theirs, ours)) return theirs;
  const first = theirs.findIndex((line) => line.trim() !== '');
  const gap = ours.at(-1)?.trim() === '' ? [] : [newline];
  return [...ours, ...gap, ...theirs.slice(first)];
}

/** Whether the lines of `inner` are there one after the other, blank ones at its ends aside. */
function holds(outer: readonly string[], inner: readonly string[]): boolean {
  const plain = (lines: readonly string[]) => `\n${lines.join('').replace(/\r\n/g, '\n').trim()}\n`;
  return plain(inner).trim() === '' || plain(outer).includes(plain(inner));
}

/** Log lines of both sides in the order of their times; anything else a person wrote there keeps its place. */
function byTime({ ours, theirs }: LineConflict): readonly string[] {
  const known = new Set(ours);
  const all = [...ours, ...theirs.filter((line) => !known.has(line))];
  const blank = all.filter((line) => line.trim() === '');
  const timed = all
    .filter((line) => line.trim() !== '')
    .map((line) => ({ line, at: parseLogLine(line)?.at.getTime() }));
  if (timed.some(({ at }) => at === undefined)) return all;
  timed.sort((x, y) => (x.at ?? 0) - (y.at ?? 0));
  return [...blank.slice(0, 1), ...timed.map(({ line }) => line)];
}

function render(parts: readonly (readonly string[] | LineConflict)[], newline: string) {
  const conflicts = parts.filter(isConflict).length;
  const text = parts.map((part) => (isConflict(part) ? markers(part, newline) : part.join(''))).join('');
  return { text, conflicts };
}

function markers({ ours, theirs }: LineConflict, newline: string): string {
  const side = (lines: readonly string[]) => endLine(lines.join(''), newline);
  return `<<<<<<< ours${newline}${side(ours)}=======${newline}${side(theirs)}>>>>>>> theirs${newline}`;
}

function endLine(text: string, newline: string): string {
  return text === '' || text.endsWith('\n') ? text : text + newline;
}
