import { isDeepStrictEqual } from 'node:util';
import { RotaError } from '../errors.ts';
import { editTask } from './edit.ts';
import { type Chunk, type ChunkedMatter, chunkMatter } from './matter-chunks.ts';
import { isConflict, mergeLines } from './merge-lines.ts';
import { parseYaml, scalarToYaml, type YamlValue } from './yaml.ts';

export interface MergedMatter {
  readonly matter: string;
  /** In words, each naming its key. */
  readonly conflicts: readonly string[];
}

/**
 * Three-way merge of front-matter by key; all with the line breaks of `ours`. A key that one side changed is as that
 * side has it; one that both changed to different values is a conflict: `ours` stays, a comment shows theirs. Keys are
 * in the order of the side that moved them. Null when the three cannot be taken apart by key.
 */
export function mergeMatter(
  base: string,
  ours: string,
  theirs: string,
  newline: string,
): MergedMatter | null {
  if (ours === theirs || theirs === base) return { matter: ours, conflicts: [] };
  const b = chunkMatter(base);
  const o = chunkMatter(ours);
  const t = chunkMatter(theirs);
  if (b === null || o === null || t === null) return null;
  if (ours === base) return { matter: theirs, conflicts: [] };
  const sides = { b, o: afterTail(o, b.tail), t: afterTail(t, b.tail) };
  const order = keyOrder(b, sides.o, sides.t);
  const merge = (key: string) => mergeKey(key, find(b, key), find(sides.o, key), find(sides.t, key), newline);
  const beforeTail = order.before.map(merge);
  const merged = [...beforeTail, ...order.after.map(merge)];
  const tail = mergeComments(b.tail, sides.o.tail, sides.t.tail);
  const text = merged
    .map((part) => part.text)
    .toSpliced(beforeTail.length, 0, tail)
    .join('');
  const conflicts = [...merged.flatMap((part) => part.conflict ?? []), ...order.conflicts];
  // The promise of this file, checked on every merge.
  const expected = merged.filter((part) => part.present).map((part) => [part.key, part.value]);
  const read = parseYaml(text);
  if (read.problems.length > 0 || !isDeepStrictEqual(Object.entries(read.value ?? {}), expected)) return null;
  return { matter: text, conflicts };
}

interface MergedKey {
  readonly key: string;
  readonly present: boolean;
  readonly value: unknown;
  readonly text: string;
  readonly conflict?: string;
}

function mergeKey(
  key: string,
  b: Chunk | undefined,
  o: Chunk | undefined,
  t: Chunk | undefined,
  newline: string,
): MergedKey {
  const lead = mergeLead(b, o, t);
  const taken = (chunk: Chunk | undefined, text: string | undefined): MergedKey =>
    chunk === undefined
      ? { key, present: false, value: undefined, text: lead }
      : { key, present: true, value: chunk.value, text: lead + (text ?? chunk.text) };
  const conflict = (why: string): MergedKey => {
    const shown = t === undefined ? `${key} removed` : `${key}: ${scalarToYaml(t.value as YamlValue)}`;
    const mine = taken(o, o?.text);
    return { ...mine, text: `${mine.text}# conflict, theirs: ${shown}${newline}`, conflict: why };
  };
  if (!same(o, t) && !same(o, b) && !same(t, b)) return conflict(`both sides changed \`${key}\``);
  const winner = same(t, b) ? o : t;
  const other = winner === o ? t : o;
  if (winner === undefined && other !== undefined && other.text !== b?.text) {
    return conflict(`one side removed \`${key}\`, the other changed its line`);
  }
  if (winner === undefined || other === undefined || winner.text === other.text)
    return taken(winner, winner?.text);
  if (b !== undefined && other.text === b.text) return taken(winner, winner.text);
  if (b !== undefined && same(o, t) && same(o, b)) {
    // Only comments or quotes differ.
    if (winner.text === b.text) return taken(other, other.text);
    return conflict(`both sides changed the line of \`${key}\``);
  }
  // One side has the new value, the other a new comment: put the value into the other's line.
  if (b !== undefined && withValue(winner.text, key, b.value) === b.text) {
    const text = withValue(other.text, key, winner.value);
    if (text !== null) return taken(winner, text);
  }
  if (b !== undefined && withValue(other.text, key, b.value) === b.text) return taken(winner, winner.text);
  return conflict(`both sides changed the line of \`${key}\``);
}

function same(x: Chunk | undefined, y: Chunk | undefined): boolean {
  return x === undefined || y === undefined ? x === y : isDeepStrictEqual(x.value, y.value);
}

function withValue(text: string, key: string, value: unknown): string | null {
  try {
    return editTask(`---\n${text}---\n`, { [key]: value as YamlValue }).slice(4, -4);
  } catch (error) {
    if (error instanceof RotaError) return null;
    throw error;
  }
}

/** Comments above a key. When the key goes, those that its remover did not know stay. */
function mergeLead(b: Chunk | undefined, o: Chunk | undefined, t: Chunk | undefined): string {
  if (o !== undefined && t !== undefined) return mergeComments(b?.lead ?? '', o.lead, t.lead);
  return mergeComments(b?.lead ?? '', '', (o ?? t)?.lead ?? '');
}

/** Comments never conflict: where both sides wrote some, both stay. */
function mergeComments(base: string, ours: string, theirs: string): string {
  const parts = mergeLines(base, ours, theirs).map((part) => {
    if (!isConflict(part)) return part;
    return [...part.ours, ...part.theirs.filter((line) => !part.ours.includes(line))];
  });
  return parts.flat().join('');
}

interface KeyOrder {
  /** The last comments of the file stand between these. */
  readonly before: readonly string[];
  readonly after: readonly string[];
  readonly conflicts: readonly string[];
}

/** The order of the side that moved keys, else of ours; a key that only the other side has follows what it follows there. */
function keyOrder(b: ChunkedMatter, o: TailedMatter, t: TailedMatter): KeyOrder {
  const inAll = (matter: ChunkedMatter) =>
    keysOf(matter).filter((key) => [b, o, t].every((side) => find(side, key) !== undefined));
  const [was, mine, other] = [inAll(b), inAll(o), inAll(t)];
  const [oursMoved, theirsMoved] = [mine, other].map((keys) => !isDeepStrictEqual(keys, was));
  const lead = splitAtTail(theirsMoved && !oursMoved ? t : o);
  const rest = splitAtTail(theirsMoved && !oursMoved ? o : t);
  const known = [...lead.before, ...lead.after];
  const differ = oursMoved && theirsMoved && !isDeepStrictEqual(mine, other);
  return {
    before: withNew(lead.before, rest.before, known),
    after: withNew(lead.after, rest.after, known),
    conflicts: differ ? ['both sides moved keys'] : [],
  };
}

function keysOf(matter: ChunkedMatter): string[] {
  return matter.chunks.map((chunk) => chunk.key);
}

function splitAtTail(matter: TailedMatter): { before: string[]; after: string[] } {
  const keys = keysOf(matter);
  const at = matter.tailAt ?? keys.length;
  return { before: keys.slice(0, at), after: keys.slice(at) };
}

function withNew(leading: readonly string[], others: readonly string[], known: readonly string[]): string[] {
  const keys = [...leading];
  others.forEach((key, index) => {
    if (known.includes(key)) return;
    const previous = keys.indexOf(others.slice(0, index).findLast((earlier) => keys.includes(earlier)) ?? '');
    let at = previous + 1;
    // After what the leading side has added at the same place.
    while (at < keys.length && !others.includes(keys[at]!)) at += 1;
    keys.splice(at, 0, key);
  });
  return keys;
}

function find(matter: ChunkedMatter, key: string): Chunk | undefined {
  return matter.chunks.find((chunk) => chunk.key === key);
}

interface TailedMatter extends ChunkedMatter {
  /** Index of the first chunk after the tail; null: the tail is last. */
  readonly tailAt: number | null;
}

/** A key added at the end comes after the base's last comments: those are still the tail, not the new key's. */
function afterTail(matter: ChunkedMatter, tail: string): TailedMatter {
  const at = tail === '' ? -1 : matter.chunks.findLastIndex((chunk) => chunk.lead.startsWith(tail));
  const chunk = matter.chunks[at];
  if (chunk === undefined || matter.tail.startsWith(tail)) return { ...matter, tailAt: null };
  const chunks = matter.chunks.with(at, { ...chunk, lead: chunk.lead.slice(tail.length) });
  return { chunks, tail: tail + matter.tail, tailAt: at };
}
