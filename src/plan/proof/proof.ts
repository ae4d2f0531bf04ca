import { plainText } from '../../task/text.ts';

/** One test that proves a bug: it failed on old main for an assertion, and passes on the merge result. */
export interface ProvenTest {
  /** Suites and test, joined with ` > `. */
  readonly name: string;
  /** From the repository's root; null when the report does not say it. */
  readonly file: string | null;
  /** What the assertion said on old main, on one line. */
  readonly failure: string;
}

/** What the red-green proof of a candidate found. */
export type GateProof =
  | {
      readonly kind: 'proven';
      readonly tests: readonly ProvenTest[];
      /** Tests in the same files that passed on old main too: they prove nothing and disturb nothing. */
      readonly greenBefore: readonly string[];
      /** For the `Gate:` trailer, on one line: `proof: 2 tests red on old main, green now: a; b`. */
      readonly line: string;
    }
  /** `reason`: on one line, `no test reproduces the bug`. */
  | { readonly kind: 'unproven'; readonly reason: string };

/** What was proved, in words of at most `room` characters, shortened by whole names. */
export function proofWords(tests: readonly ProvenTest[], room: number): string {
  const count = tests.length === 1 ? '1 test' : `${tests.length} tests`;
  const head = `${count} red on old main, green now: `;
  return `${head}${someOf(
    tests.map(({ name }) => name),
    room - head.length,
  )}`;
}

/** As many names as there is room for, and how many more there are. */
export function someOf(names: readonly string[], room: number): string {
  const shown: string[] = [];
  let left = room;
  for (const name of names) {
    const text = shortened(plainText(name).trim(), Math.max(20, shown.length === 0 ? left - 15 : 60));
    if (shown.length > 0 && text.length + 15 > left) break;
    shown.push(text);
    left -= text.length + 2;
  }
  const more = names.length - shown.length;
  return more === 0 ? shown.join('; ') : `${shown.join('; ')}; and ${more} more`;
}

/** By code points, so that no character is cut in two. */
export function shortened(text: string, length: number): string {
  const points = [...text];
  return points.length <= length ? text : `${points.slice(0, length - 1).join('')}…`;
}
