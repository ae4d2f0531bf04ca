import { plainText } from '../task/text.ts';

/** Lines that say what went wrong, in the words of compilers, test runners, package managers and stacks. */
const SAYS_ERROR = [
  // src/a.ts(3,5): error TS2304 · error[E0308]: … · fatal: … · panic: … · ##[error]… · FAILED test_a.py::test
  /(?:^|[\s[(:#])(?:error|fatal|panic|exception|traceback|failed|failure|fail)(?:$|[\s:\](!]|\[\w+\]:)/i,
  // TypeError: … · AssertionError [ERR_ASSERTION] · java.lang.IllegalStateException
  /(?:^|[\s.(:])[A-Z]\w*(?:Error|Exception|Panic)(?:$|[\s:([])/,
  // src/a.c:3:5: … · ./main.go:7:2: …
  /^\s*[\w./@+-]*[\w-]\.\w{1,6}:\d+(?::\d+)?:?\s\S/,
  // not ok 3 - adds · ✕ adds · E   assert 1 == 2 · --- FAIL: TestAdd
  /^\s*(?:not ok\b|[✕✖×✗❌]|E {2,}\S|-{2,}\s*FAIL\b)/,
  /\b(?:cannot find|could not resolve|no such file or directory|command not found|undefined reference|segmentation fault|panicked at)\b/i,
];
/** Lines that have such words and say that all is well, or nothing. */
const SAYS_NONE =
  /^\s*(?:[✓√✔]|ok\b|pass(?:ed)?\b)|\b(?:0|no) (?:errors?|failures?|failed|failing|problems?|exceptions?)\b|\b(?:errors?|failures?|failed)\s*[:=]\s*0\b/i;
/** What follows an error and belongs to it: where it was, and what was expected. */
const BELONGS =
  /^\s*(?:at\s|❯|-->|File "|in \S+ \(|\|\s|\d+\s*\||\^|~|>\s|[-+]\s|expected\b|received\b|actual\b|got\b|want\b|assert|caused by)/i;
const MOST_BELONGING = 4;
const LONGEST_LINE = 300;
/** A line that is longer is generated, and slow to look at. */
const LONGEST_LOOKED_AT = 4_000;

/**
 * The first errors in a program's output, each with a few lines that belong to it. What only differs in its numbers is said
 * once. Plain text: escape sequences and control characters are gone.
 */
export function firstErrors(output: string, most = 12): string[] {
  const found: string[] = [];
  const known = new Set<string>();
  let room = 0;
  let again = false;
  for (const line of linesOf(output)) {
    if (isError(line)) {
      const key = line
        .replace(/0x[0-9a-f]+|\d+/gi, '#')
        .replace(/\s+/g, ' ')
        .trim();
      again = known.has(key);
      if (again) continue;
      if (found.length === most) break;
      known.add(key);
      found.push(shown(line));
      room = MOST_BELONGING;
    } else if (room > 0 && !again && BELONGS.test(line)) {
      found[found.length - 1] += `\n${shown(line)}`;
      room -= 1;
    } else if (line.trim() !== '') room = 0;
  }
  return found;
}

/** One at a time: an output may have millions. What a carriage return took back on a terminal is a line of its own. */
function* linesOf(output: string): Generator<string> {
  for (let at = 0; at < output.length; ) {
    const end = output.indexOf('\n', at);
    const line = output.slice(at, end === -1 ? output.length : end);
    at = end === -1 ? output.length : end + 1;
    for (const piece of line.includes('\r') ? line.split('\r') : [line])
      if (piece.length <= LONGEST_LOOKED_AT) yield plainText(piece.replaceAll('\t', '    '));
  }
}

function isError(line: string): boolean {
  return !SAYS_NONE.test(line) && SAYS_ERROR.some((pattern) => pattern.test(line));
}

function shown(line: string): string {
  const text = line.trimEnd();
  return text.length > LONGEST_LINE ? `${text.slice(0, LONGEST_LINE - 1)}…` : text;
}
