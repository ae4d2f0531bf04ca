import { isDeepStrictEqual } from 'node:util';
import { isMap, isScalar, parseDocument } from 'yaml';
import { RotaError } from '../../src/errors.ts';
import { appendLog, appendNote } from '../../src/task/body.ts';
import { editTask } from '../../src/task/edit.ts';
import { mergeTaskFiles } from '../../src/task/merge.ts';
import { splitFrontMatter } from '../../src/task/split.ts';
import type { YamlValue } from '../../src/task/yaml.ts';

/** One change that rota makes to a task file: a key's value (undefined: the key goes), or a line of a section. */
export type Change =
  | { readonly key: string; readonly value: YamlValue | undefined }
  | { readonly section: 'Notes' | 'Log'; readonly line: string };

/** What rota writes in its life into task files. */
export const CHANGES: readonly Change[] = [
  { key: 'status', value: 'done' },
  { key: 'lock', value: { run: '01M7Y28SYYEXQCHHXRSB3253S7', by: 'pat@host' } },
  { key: 'lock', value: undefined },
  { key: 'priority', value: 'low' },
  { key: 'order', value: 7 },
  { key: 'depends', value: ['A1', 'A900'] },
  { key: 'depends', value: undefined },
  { key: 'title', value: 'Another: "title" # of mine' },
  { key: 'status', value: undefined },
  { section: 'Log', line: '2026-11-20 11:03:23 UTC | developer | A1 | started | picked from backlog' },
  { section: 'Notes', line: 'A note of an attempt.' },
];

/** The text after a change, or null when rota refused with a message. Anything else that is thrown comes through. */
export function applyChange(text: string, change: Change): string | null {
  try {
    if ('key' in change) return editTask(text, { [change.key]: change.value });
    return change.section === 'Log' ? appendLog(text, [change.line]) : appendNote(text, change.line);
  } catch (error) {
    if (error instanceof RotaError && error.code === 'task' && error.message.length > 10) return null;
    throw error;
  }
}

/** What a change did beyond what was asked; null when it kept the law. */
export function brokenByChange(before: string, after: string, change: Change): string | null {
  if (before === after) return null;
  const [start, end] = changedRange(before, after);
  if (!('key' in change)) {
    if (start < end) return `bytes ${start} to ${end} of the body went`;
    const split = splitFrontMatter(before);
    const bodyOffset = split.kind === 'split' ? split.bodyOffset : 0;
    if (start < bodyOffset) return 'the front-matter changed';
    return after.includes(change.line) ? null : 'what was added is not there';
  }
  const [allowedStart, allowedEnd] = keyRange(before, change.key);
  if (start < allowedStart || end > allowedEnd) {
    return `bytes ${start} to ${end} changed, \`${change.key}\` is at ${allowedStart} to ${allowedEnd}`;
  }
  const [was, is] = [valuesOf(before), valuesOf(after)];
  if (was === null || is === null) return 'an independent reader cannot read it any more';
  const expected = { ...was };
  if (change.value === undefined) delete expected[change.key];
  else expected[change.key] = change.value;
  return isDeepStrictEqual({ ...is }, expected)
    ? null
    : 'an independent reader finds other values than asked';
}

/** What a merge of two changes dropped; null when both are in it, or it is a conflict. */
export function brokenByMerge(base: string, a: Change, b: Change): string | null {
  const [ours, theirs] = [applyChange(base, a), applyChange(base, b)];
  if (ours === null || theirs === null) return null;
  const merged = mergeTaskFiles({ base, ours, theirs });
  if (merged.kind === 'conflict') return merged.conflicts.length > 0 ? null : 'a conflict without words';
  for (const [change, side] of [
    [a, ours],
    [b, theirs],
  ] as const) {
    if (side === base) continue;
    const kept = 'key' in change ? hasValue(merged.text, change) : merged.text.includes(change.line);
    if (!kept) return `${JSON.stringify(change)} is not in the merge`;
  }
  const changed = [a, b].map((change) => ('key' in change ? change.key : ''));
  const [was, is] = [valuesOf(base), valuesOf(merged.text)];
  if (was === null) return null;
  if (is === null) return 'an independent reader cannot read the merge';
  const untouched = [...new Set([...Object.keys(was), ...Object.keys(is)])].filter(
    (key) => !changed.includes(key),
  );
  const lost = untouched.find((key) => !isDeepStrictEqual(was[key], is[key]));
  return lost === undefined ? null : `\`${lost}\` changed, which nobody asked for`;
}

function hasValue(text: string, { key, value }: Extract<Change, { key: string }>): boolean {
  const values = valuesOf(text);
  if (values === null) return false;
  return value === undefined ? !Object.hasOwn(values, key) : isDeepStrictEqual(values[key], value);
}

/** [start, end) of `before` that is not in `after`. */
function changedRange(before: string, after: string): [number, number] {
  const shorter = Math.min(before.length, after.length);
  let start = 0;
  while (start < shorter && before[start] === after[start]) start += 1;
  let same = 0;
  while (same < shorter - start && before[before.length - 1 - same] === after[after.length - 1 - same])
    same += 1;
  return [start, before.length - same];
}

/** Where a key's own lines are (its pair in braces); for a key that is not there, any place without a length in the front-matter. */
function keyRange(text: string, key: string): [number, number] {
  const split = splitFrontMatter(text);
  if (split.kind === 'broken') return [0, 0];
  const root = parseDocument(split.matter, OPTIONS).contents;
  const pairs = isMap(root) ? root.items : [];
  const index = pairs.findIndex((pair) => isScalar(pair.key) && pair.key.value === key);
  const pair = pairs[index];
  const first = (at: number) => startOf(pairs[at]?.key) ?? split.matter.length;
  const start = startOf(pair?.key);
  if (pair === undefined || start === null) return [split.matterOffset, split.bodyOffset];
  if (isMap(root) && root.flow) {
    const previous = index === 0 ? start : (endOf(pairs[index - 1]) ?? start);
    const next = index === pairs.length - 1 ? (endOf(pair) ?? start) : first(index + 1);
    return [split.matterOffset + previous, split.matterOffset + next];
  }
  // Comment and blank lines after the last line of the value are nobody's: they must stay.
  const own = split.matter.slice(0, Math.max(endOf(pair) ?? start, start + 1)).trimEnd().length;
  const lineBreak = split.matter.indexOf('\n', own);
  const end = lineBreak === -1 ? split.matter.length : lineBreak + 1;
  return [split.matterOffset + split.matter.lastIndexOf('\n', start - 1) + 1, split.matterOffset + end];
}

const OPTIONS = {
  version: '1.2',
  schema: 'core',
  merge: false,
  stringKeys: true,
  logLevel: 'silent',
} as const;

function startOf(node: unknown): number | null {
  return isScalar(node) ? (node.range?.[0] ?? null) : null;
}

function endOf(pair: unknown): number | null {
  const { key, value } = pair as { key?: unknown; value?: { range?: [number, number, number] } | null };
  return value?.range?.[1] ?? (isScalar(key) ? (key.range?.[1] ?? null) : null);
}

/** All values as the `yaml` package reads them by itself; null when it cannot. */
function valuesOf(text: string): Record<string, unknown> | null {
  const split = splitFrontMatter(text);
  if (split.kind === 'broken') return null;
  const document = parseDocument(split.matter, OPTIONS);
  if (document.errors.length > 0) return null;
  const value = toJs(document);
  return value === null ? {} : typeof value === 'object' && !Array.isArray(value) ? { ...value } : null;
}

/** An alias bomb throws. */
function toJs(document: ReturnType<typeof parseDocument>): unknown {
  try {
    return document.toJS();
  } catch {
    return 'unreadable';
  }
}
