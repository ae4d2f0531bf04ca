/**
 * Whether some path may match both globs. It may say yes wrongly and never says no wrongly: two tasks that might touch
 * one file are not worked on at once. A glob without a wildcard at its end also means everything below that folder.
 */
export function globsOverlap(a: string, b: string): boolean {
  const left = expandBraces(a).map(toSegments);
  const right = expandBraces(b).map(toSegments);
  return left.some((one) => right.some((other) => segmentsMeet(one, other)));
}

/** A list of segments; `**` stands for any number of segments, none included. */
type Segments = readonly string[];

const ANYTHING = '**';
/** More combinations than this are judged as "anything below". */
const MOST_ALTERNATIVES = 64;
/** Innermost braces around plain text; with a comma, and no range, they are alternatives. */
const PLAIN_BRACES = /\{([^{}*?!]*)\}/;
/** Characters with a meaning to a glob beyond `*` and `?`, at least in some place. */
const SPECIAL = /[{}[\]()\\"^$]/;

function expandBraces(glob: string): string[] {
  // A leading `!` (`./` before it goes unseen) or an alternation turns the whole glob around, not only what follows it.
  if (/^(?:\.?\/)*!|\|/.test(glob)) return [ANYTHING];
  // A sign right after a brace can repeat or drop the whole group, as in a regular expression.
  if (/[[\]()\\"]|\}[+?*]/.test(glob)) return [glob];
  let globs = [glob];
  for (;;) {
    const next = globs.flatMap(expandFirst);
    if (next.length > MOST_ALTERNATIVES) return [glob];
    if (next.length === globs.length) return next;
    globs = next;
  }
}

function expandFirst(glob: string): string[] {
  const match = PLAIN_BRACES.exec(glob);
  const inside = match?.[1] ?? '';
  if (match === null || !inside.includes(',') || inside.includes('..')) return [glob];
  const after = glob.slice(match.index + match[0].length);
  return inside.split(',').map((alternative) => glob.slice(0, match.index) + alternative + after);
}

function toSegments(glob: string): Segments {
  const segments: string[] = [];
  for (const segment of glob.split('/')) {
    if (segment === '' || segment === '.') continue;
    if (SPECIAL.test(segment) || (segment.includes(ANYTHING) && segment !== ANYTHING))
      return [...segments, ANYTHING];
    segments.push(segment);
  }
  const last = segments.at(-1);
  if (last === undefined || !/[*?]/.test(last)) segments.push(ANYTHING);
  return segments;
}

function segmentsMeet(a: Segments, b: Segments): boolean {
  return meet(a, b, (segment) => segment === ANYTHING, textsMeet);
}

/** Two segments with `*` (any text, empty included) and `?` (one character). */
function textsMeet(a: string, b: string): boolean {
  const one = (x: string, y: string): boolean => x === y || x === '?' || y === '?';
  return meet(a.split(''), b.split(''), (character) => character === '*', one);
}

/**
 * Whether two patterns have a common word. `isStar` items stand for any number of items; two other items have a common
 * item where `agree` says so. Row by row over the first pattern: `row[j]` tells whether the items so far and the first
 * `j` items of `b` can have produced the same word.
 */
function meet<T>(
  a: readonly T[],
  b: readonly T[],
  isStar: (item: T) => boolean,
  agree: (x: T, y: T) => boolean,
): boolean {
  let row = [true];
  for (let j = 1; j <= b.length; j++) row[j] = row[j - 1]! && isStar(b[j - 1]!);
  for (const x of a) {
    const next = [row[0]! && isStar(x)];
    for (let j = 1; j <= b.length; j++) {
      const y = b[j - 1]!;
      next[j] = isStar(x) || isStar(y) ? row[j]! || next[j - 1]! : row[j - 1]! && agree(x, y);
    }
    row = next;
  }
  return row[b.length]!;
}
