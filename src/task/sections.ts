/** One line of markdown; offsets are into the body, `end` is after the line break. */
export interface MarkdownLine {
  readonly start: number;
  readonly end: number;
  /** Without the line break. */
  readonly text: string;
  /** Part of a fenced code block, fences included. */
  readonly code: boolean;
}

/** A `## Notes` or `## Log` section. It ends at the next heading of its level or above. */
export interface Section {
  readonly name: SectionName;
  readonly headingStart: number;
  readonly contentStart: number;
  readonly end: number;
}

export type SectionName = 'Notes' | 'Log';

/** The sections that rota appends to, in order. A heading inside fenced code is none. */
export function findSections(body: string): Section[] {
  // Most bodies have none: no need to look for fences then.
  if (!/^ {0,3}##[ \t]+(?:notes|log)/im.test(body)) return [];
  const lines = notableLines(body);
  const sections: { name: SectionName; headingStart: number; contentStart: number; end: number }[] = [];
  const unclosed = new Map<string, number>();
  let open: (typeof sections)[number] | null = null;
  for (let at = 0; at < lines.length; at += 1) {
    const close = closingFence(lines, at, unclosed);
    if (close !== null) at = close;
    const line = lines[at]!;
    if (close !== null || !/^ {0,3}#{1,2}(?:[ \t]|$)/.test(line.text)) continue;
    if (open !== null) open.end = line.start;
    const name = sectionName(line.text);
    open =
      name === null ? null : { name, headingStart: line.start, contentStart: line.end, end: body.length };
    if (open !== null) sections.push(open);
  }
  return sections;
}

/** The section of this name; the last one if a file has several. */
export function sectionOf(body: string, name: SectionName): Section | null {
  return findSections(body).findLast((section) => section.name === name) ?? null;
}

/** A fence that is never closed is no fence, so that nothing after it can be hidden by a slip. */
export function markdownLines(body: string): MarkdownLine[] {
  const lines = splitLines(body);
  const unclosed = new Map<string, number>();
  const result: MarkdownLine[] = [];
  for (let at = 0; at < lines.length; ) {
    const close = closingFence(lines, at, unclosed);
    const until = close === null ? at : close;
    for (; at <= until; at += 1) result.push({ ...lines[at]!, code: close !== null });
  }
  return result;
}

function sectionName(heading: string): SectionName | null {
  const name = /^ {0,3}##[ \t]+(notes|log)[ \t]*#*$/i.exec(heading.trimEnd())?.[1]?.toLowerCase();
  return name === 'notes' ? 'Notes' : name === 'log' ? 'Log' : null;
}

interface PlainLine {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** Only lines that may be a heading or a fence: a body can have very many others. */
function notableLines(body: string): PlainLine[] {
  const lines: PlainLine[] = [];
  for (const match of body.matchAll(/(?:^|\n) {0,3}(?:#|`{3}|~{3})/g)) {
    const start = body[match.index] === '\n' ? match.index + 1 : match.index;
    lines.push(lineAt(body, start));
  }
  return lines;
}

function splitLines(body: string): PlainLine[] {
  const lines: PlainLine[] = [];
  for (let start = 0; start < body.length; ) {
    const line = lineAt(body, start);
    lines.push(line);
    start = line.end;
  }
  return lines;
}

function lineAt(body: string, start: number): PlainLine {
  const found = body.indexOf('\n', start);
  const end = found === -1 ? body.length : found + 1;
  const textEnd = found > start && body[found - 1] === '\r' ? found - 1 : found === -1 ? end : found;
  return { start, end, text: body.slice(start, textEnd) };
}

/** The line that closes the fence opened at `at`; null when there is no fence. `unclosed`: known to have no end. */
function closingFence(lines: readonly PlainLine[], at: number, unclosed: Map<string, number>): number | null {
  const line = lines[at]!.text;
  const fence = MAY_BE_FENCE.test(line) ? /^ {0,3}(`{3,}(?=[^`]*$)|~{3,})/.exec(line)?.[1] : undefined;
  if (fence === undefined) return null;
  const mark = fence[0] ?? '';
  if (fence.length >= (unclosed.get(mark) ?? Number.POSITIVE_INFINITY)) return null;
  for (let i = at + 1; i < lines.length; i += 1) {
    const close = /^ {0,3}(`{3,}|~{3,})[ \t]*$/.exec(lines[i]!.text)?.[1];
    if (close?.[0] === mark && close.length >= fence.length) return i;
  }
  unclosed.set(mark, fence.length);
  return null;
}

const MAY_BE_FENCE = /^[ `~]/;
