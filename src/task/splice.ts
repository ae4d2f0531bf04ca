import { flowToYaml, scalarToYaml, type YamlValue } from './yaml.ts';
import type { YamlEntry, YamlItem } from './yaml-entry.ts';

/** Replaces [start, end) of a text. */
export interface Splice {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

interface EntryMap {
  readonly flow: boolean;
  readonly entries: readonly YamlEntry[];
}

/** Gives a key another value, in the style it was written in as far as the new value has one. */
export function setEntry(
  matter: string,
  entry: YamlEntry,
  { value, newline, flow }: { value: YamlValue; newline: string; flow: boolean },
): Splice {
  const quotes = entry.style === 'single' || entry.style === 'double' ? entry.style : null;
  const text = flow ? flowToYaml(value) : scalarToYaml(value, quotes);
  if (entry.style === 'empty') {
    const colon = entry.afterColon === null ? ': ' : ' ';
    return { start: entry.valueStart, end: entry.valueEnd, text: `${colon}${text}` };
  }
  if (entry.style !== 'block' || entry.afterColon === null) {
    return { start: entry.valueStart, end: entry.valueEnd, text };
  }
  const lines = Array.isArray(value) && value.length > 0 ? blockLines(matter, entry, value, newline) : null;
  if (lines !== null) return lines;
  const end = contentEnd(matter, entry);
  return { start: entry.afterColon, end, text: ` ${text}${entry.headComment}` };
}

/** Takes a pair out: with its lines, or in a flow map with its comma. Comments on lines of their own stay. */
export function removeEntry(matter: string, map: EntryMap, index: number): Splice {
  const entry = map.entries[index]!;
  if (map.flow) {
    const next = map.entries[index + 1];
    if (next !== undefined) return { start: entry.start, end: next.start, text: '' };
    const previous = map.entries[index - 1];
    return { start: previous?.valueEnd ?? entry.start, end: entry.valueEnd, text: '' };
  }
  const lastByte = Math.max(contentEnd(matter, entry), entry.start + 1) - 1;
  return { start: lineStart(matter, entry.start), end: lineEnd(matter, lastByte), text: '' };
}

/** A new pair at the end. `others`: what is being added beside it. */
export function addEntry(
  matter: string,
  map: EntryMap,
  { key, value, newline }: { key: string; value: YamlValue; newline: string },
  others: readonly Splice[],
): Splice {
  if (map.flow) {
    const at = matter.lastIndexOf('}');
    const separator =
      /[{,]\s*$/.test(matter.slice(0, at)) && !others.some((other) => other.start === at) ? '' : ', ';
    return { start: at, end: at, text: `${separator}${key}: ${flowToYaml(value)}` };
  }
  const first = map.entries[0];
  const indent = first === undefined ? '' : matter.slice(lineStart(matter, first.start), first.start);
  const at = matter.length;
  return { start: at, end: at, text: `${indent}${key}: ${scalarToYaml(value)}${newline}` };
}

/** A block list with other entries; the lines of entries that stay (and comments above them) stay too. */
function blockLines(
  matter: string,
  entry: YamlEntry,
  value: readonly YamlValue[],
  newline: string,
): Splice | null {
  const items = entry.items;
  const first = items?.[0];
  const last = items?.at(-1);
  if (items === null || first === undefined || last === undefined || entry.afterColon === null) return null;
  const start = lineEnd(matter, entry.afterColon);
  const dash = /^( *- +)\S/.exec(
    matter.slice(lineStart(matter, first.start), lineEnd(matter, first.start)),
  )?.[1];
  if (dash === undefined || start > first.start || !items.every((item) => isOneLine(matter, item)))
    return null;
  const chunks = items.map((item, index) => ({
    value: item.value,
    text: matter.slice(
      index === 0 ? start : lineEnd(matter, items[index - 1]!.start),
      lineEnd(matter, item.start),
    ),
  }));
  const text = value.map((wanted) => {
    const at = chunks.findIndex((chunk) => chunk.value === wanted);
    return at === -1 ? `${dash}${scalarToYaml(wanted)}${newline}` : chunks.splice(at, 1)[0]!.text;
  });
  return { start, end: lineEnd(matter, last.start), text: text.join('') };
}

function isOneLine(matter: string, item: YamlItem): boolean {
  const line = matter.slice(lineStart(matter, item.start), item.start);
  return /^ *- +$/.test(line) && !matter.slice(item.start, item.end).includes('\n');
}

/** Without the line breaks and comment lines that `yaml` counts to a block. */
function contentEnd(matter: string, entry: YamlEntry): number {
  const text = matter.slice(entry.start, entry.valueEnd);
  return entry.start + text.trimEnd().length;
}

function lineStart(text: string, at: number): number {
  return text.lastIndexOf('\n', at - 1) + 1;
}

/** After the line break. */
function lineEnd(text: string, at: number): number {
  const end = text.indexOf('\n', at);
  return end === -1 ? text.length : end + 1;
}
