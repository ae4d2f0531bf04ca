/**
 * The known name that `name` is probably a slip of: other case, `_` for `-`, or one letter added, left out, changed
 * or two swapped. Null when none is that near. Short names (under three letters) only match by case.
 */
export function nearestName(name: string, known: readonly string[]): string | null {
  const plain = name.toLowerCase().replaceAll('_', '-');
  const sameLetters = known.find((candidate) => candidate === plain);
  if (sameLetters !== undefined) return sameLetters;
  if (plain.length < 3) return null;
  return known.find((candidate) => candidate.length >= 3 && withinOneEdit(plain, candidate)) ?? null;
}

/** Whether one insertion, deletion, substitution or swap of neighbours makes `a` into `b`. */
function withinOneEdit(a: string, b: string): boolean {
  if (Math.abs(a.length - b.length) > 1) return false;
  let at = 0;
  while (at < a.length && at < b.length && a[at] === b[at]) at += 1;
  const restA = a.slice(at);
  const restB = b.slice(at);
  if (restA.length > restB.length) return restA.slice(1) === restB;
  if (restA.length < restB.length) return restA === restB.slice(1);
  if (restA.slice(1) === restB.slice(1)) return true;
  return restA[0] === restB[1] && restA[1] === restB[0] && restA.slice(2) === restB.slice(2);
}
