import { diff3Merge } from 'node-diff3';

/** A place where both sides changed the same lines in different ways. */
export interface LineConflict {
  readonly base: readonly string[];
  readonly ours: readonly string[];
  readonly theirs: readonly string[];
}

export type MergedPart = readonly string[] | LineConflict;

// The comparison looks at every pair of equal lines, and follows chains of them; task files have far fewer.
const MOST_PAIRS = 60_000;

/** Three-way merge by line; each line keeps its line break. The only importer of node-diff3. */
export function mergeLines(base: string, ours: string, theirs: string): MergedPart[] {
  const o = linesOf(base);
  const a = linesOf(ours);
  const b = linesOf(theirs);
  const shared = sharedEnds(o, a, b);
  const inner = [o, a, b].map((lines) => lines.slice(shared.start, lines.length - shared.end));
  const [innerO = [], innerA = [], innerB = []] = inner;
  const middle =
    equalPairs(innerO, innerA) + equalPairs(innerO, innerB) > MOST_PAIRS
      ? [{ base: innerO, ours: innerA, theirs: innerB }]
      : mergeInner(innerO, innerA, innerB);
  return [a.slice(0, shared.start), ...middle, a.slice(a.length - shared.end)];
}

export function isConflict(part: MergedPart): part is LineConflict {
  return !Array.isArray(part);
}

/** The lines of a text with their line breaks. */
function linesOf(text: string): string[] {
  return text === '' ? [] : (text.match(/[^\n]*\n|[^\n]+$/g) ?? []);
}

interface Region {
  readonly ok?: readonly string[];
  readonly conflict?: {
    readonly a: readonly string[];
    readonly o: readonly string[];
    readonly b: readonly string[];
  };
}

function mergeInner(o: readonly string[], a: readonly string[], b: readonly string[]): MergedPart[] {
  const regions: Region[] = diff3Merge([...a], [...o], [...b], { excludeFalseConflicts: true });
  return regions.map(({ ok, conflict }) =>
    conflict === undefined ? (ok ?? []) : { base: conflict.o, ours: conflict.a, theirs: conflict.b },
  );
}

function equalPairs(left: readonly string[], right: readonly string[]): number {
  const counts = new Map<string, number>();
  for (const line of left) counts.set(line, (counts.get(line) ?? 0) + 1);
  return right.reduce((sum, line) => sum + (counts.get(line) ?? 0), 0);
}

function sharedEnds(...texts: readonly string[][]): { start: number; end: number } {
  const [first = [], ...others] = texts;
  const shortest = Math.min(...texts.map((lines) => lines.length));
  let start = 0;
  while (start < shortest && others.every((lines) => lines[start] === first[start])) start += 1;
  let end = 0;
  while (
    end < shortest - start &&
    others.every((lines) => lines[lines.length - 1 - end] === first[first.length - 1 - end])
  ) {
    end += 1;
  }
  return { start, end };
}
