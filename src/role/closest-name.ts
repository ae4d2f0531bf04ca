/**
 * The known name with the fewest letters to change (Levenshtein, case and `_` aside); null when even the nearest has
 * hardly anything in common with it. For closed sets of keys, where any unknown name is an error.
 */
export function closestName(name: string, known: readonly string[]): string | null {
  const plain = name.slice(0, 40).toLowerCase().replaceAll('_', '-');
  let best: string | null = null;
  let fewest = Math.max(2, Math.ceil(plain.length / 2)) + 1;
  for (const candidate of known) {
    const changes = distance(plain, candidate.toLowerCase());
    if (changes < fewest) {
      best = candidate;
      fewest = changes;
    }
  }
  return best;
}

function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (const [i, letter] of [...a].entries()) {
    const next = [i + 1];
    for (const [j, other] of [...b].entries()) {
      const change = (row[j] ?? 0) + (letter === other ? 0 : 1);
      next.push(Math.min(change, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
