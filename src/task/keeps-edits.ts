/**
 * Whether a merge of bodies dropped nothing: every line that a side added is there, and every line of the base as
 * often as the two sides left it. Blank lines do not count; what both added may be there once.
 */
export function keepsEdits(base: string, ours: string, theirs: string, merged: string): boolean {
  const [b, o, t, r] = [base, ours, theirs, merged].map(countLines) as [Counts, Counts, Counts, Counts];
  for (const line of new Set([...b.keys(), ...o.keys(), ...t.keys()])) {
    const [was, mine, other] = [b, o, t].map((counts) => counts.get(line) ?? 0) as [number, number, number];
    const removed = Math.max(0, was - mine) + Math.max(0, was - other);
    const added = Math.max(0, mine - was, other - was);
    if ((r.get(line) ?? 0) < was - removed + added) return false;
  }
  return true;
}

type Counts = ReadonlyMap<string, number>;

function countLines(text: string): Counts {
  const counts = new Map<string, number>();
  for (const line of text.split('\n')) {
    const words = line.trim();
    if (words !== '') counts.set(words, (counts.get(words) ?? 0) + 1);
  }
  return counts;
}
