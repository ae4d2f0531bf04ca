/** A markdown file's parts. Offsets count UTF-16 units from the file's start, so that edits can splice. */
export interface SplitFile {
  readonly kind: 'split';
  readonly hasFrontMatter: boolean;
  readonly bom: boolean;
  /** Of the first line; `\n` for a file of one line. */
  readonly newline: '\n' | '\r\n';
  /** Between the two `---` lines, with its last line break. Its first line is line 2 of the file. */
  readonly matter: string;
  readonly matterOffset: number;
  readonly body: string;
  readonly bodyOffset: number;
}

/** A front-matter that was begun and cannot be told from the body. */
export interface BrokenSplit {
  readonly kind: 'broken';
  readonly line: number;
  readonly message: string;
}

// gray-matter looks for comment lines with a pattern that is quadratic in blank lines; `yaml` takes about 10 µs for
// each mark. With these limits no file is slow to read, edit or merge.
const MOST_CHARACTERS = 65_536;
const MOST_LINES = 1_000;
const MOST_MARKS = 2_000;
/** What opens, closes and separates in YAML. */
const MARK = /[,[\]{}&*!]|[:?-](?=\s)/g;

/** Finds the front-matter without reading it. Only a file that starts with a `---` line has one. */
export function splitFrontMatter(text: string): SplitFile | BrokenSplit {
  const bom = text.charCodeAt(0) === 0xfeff;
  const start = bom ? 1 : 0;
  const firstBreak = text.indexOf('\n', start);
  const firstLine = text.slice(start, firstBreak === -1 ? text.length : firstBreak);
  const newline = firstLine.endsWith('\r') && firstBreak !== -1 ? '\r\n' : '\n';
  const opening = firstLine.trimEnd();
  if (!opening.startsWith('---') || opening.startsWith('----')) {
    return {
      kind: 'split',
      hasFrontMatter: false,
      bom,
      newline,
      matter: '',
      matterOffset: start,
      body: text.slice(start),
      bodyOffset: start,
    };
  }
  if (opening !== '---') {
    return broken(1, 'the first line must be exactly `---`: front-matter is YAML, no other language is read');
  }
  if (firstBreak === -1) return broken(1, 'the front-matter has no closing `---` line');
  const matterOffset = firstBreak + 1;
  const closing = findClosing(text, matterOffset);
  if ('kind' in closing) return closing;
  const matter = text.slice(matterOffset, closing.start);
  const size = sizeProblem(matter);
  if (size !== null) return size;
  return {
    kind: 'split',
    hasFrontMatter: true,
    bom,
    newline,
    matter,
    matterOffset,
    body: text.slice(closing.end),
    bodyOffset: closing.end,
  };
}

function findClosing(text: string, from: number): { start: number; end: number } | BrokenSplit {
  // One step back, so that a closing line right after the opening one is found by its line break too.
  let at = text.indexOf('\n---', from - 1);
  if (at === -1) return broken(1, 'the front-matter has no closing `---` line');
  const start = at + 1;
  at = text.indexOf('\n', start);
  const line = text.slice(start, at === -1 ? text.length : at);
  if (/^---[ \t\r]*$/.test(line)) return { start, end: at === -1 ? text.length : at + 1 };
  // gray-matter would end the front-matter here: refuse instead of two readers that disagree.
  const number = countLines(text, start) + 1;
  return broken(
    number,
    'a line of the front-matter starts with `---` but is not exactly the closing `---` line',
  );
}

function sizeProblem(matter: string): BrokenSplit | null {
  if (matter.length > MOST_CHARACTERS) return broken(2, 'the front-matter is larger than 64 KiB');
  if (countLines(matter, matter.length) > MOST_LINES) {
    return broken(2, `the front-matter has more than ${MOST_LINES} lines`);
  }
  if (matter.length <= MOST_MARKS || countMarks(matter) <= MOST_MARKS) return null;
  return broken(
    2,
    `the front-matter has more than ${MOST_MARKS} brackets, commas, colons and other marks of YAML`,
  );
}

function countMarks(matter: string): number {
  let count = 0;
  for (const _ of matter.matchAll(MARK)) count += 1;
  return count;
}

/** Line breaks before `end`. */
function countLines(text: string, end: number): number {
  let count = 0;
  for (let at = text.indexOf('\n'); at !== -1 && at < end; at = text.indexOf('\n', at + 1)) count += 1;
  return count;
}

function broken(line: number, message: string): BrokenSplit {
  return { kind: 'broken', line, message };
}
