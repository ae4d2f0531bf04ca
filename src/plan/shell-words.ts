/** A simple command of a shell. */
export interface ShellCommand {
  readonly words: readonly string[];
  /** What stands below it for its stdin (`<<END`); empty: nothing does. */
  readonly below: string;
}

/** Nested deeper is not looked into. */
const DEEPEST = 8;
const SPECIAL = /[;&|\n(){}<>]/;

/** The simple commands in a text for a shell; those in substitutions are among them. It reads as shells do, roughly. */
export function shellCommands(text: string, depth = 0): ShellCommand[] {
  const found: ShellCommand[] = [];
  const inner: string[] = [];
  const ends: { readonly mark: string; readonly of: number }[] = [];
  let words: string[] = [];
  let word: string | null = null;
  let at = 0;

  const add = (piece: string) => {
    word = (word ?? '') + piece;
  };
  const endWord = () => {
    if (word !== null) words.push(word);
    word = null;
  };
  const endCommand = () => {
    endWord();
    if (words.length > 0) found.push({ words, below: '' });
    words = [];
  };
  /** What stands below a line is no command. */
  const skipBelow = () => {
    for (const { mark, of } of ends.splice(0)) {
      const { body, end } = upTo(text, at, mark);
      const command = found[of];
      if (command !== undefined) found[of] = { ...command, below: body };
      at = end;
    }
  };

  while (at < text.length) {
    const char = text[at++]!;
    if (char === '\\') {
      const next = text[at++];
      if (next !== '\n') add(next ?? '');
    } else if (char === "'") {
      const end = closing(text, at, "'");
      add(text.slice(at, end));
      at = end + 1;
    } else if (char === '"') {
      const { value, end } = doubleQuoted(text, at, inner);
      add(value);
      at = end + 1;
    } else if (char === '`') {
      const end = closing(text, at, '`');
      inner.push(text.slice(at, end));
      add('');
      at = end + 1;
    } else if (char === '<' && text[at] === '<' && text[at + 1] !== '<') {
      const mark = /^<-?\s*\\?(?:'([^'\n]*)'|"([^"\n]*)"|([\w.-]+))/.exec(text.slice(at, at + 200));
      if (mark !== null) ends.push({ mark: mark[1] ?? mark[2] ?? mark[3] ?? '', of: found.length });
      at += mark?.[0].length ?? 1;
    } else if (char === '<' && text.startsWith('<<', at)) {
      endWord();
      at += 2;
    } else if (/[{}]/.test(char) && word !== null) add(char);
    else if (/[<>]/.test(char)) endWord();
    else if (SPECIAL.test(char)) {
      endCommand();
      if (char === '\n') skipBelow();
    } else if (char === '#' && word === null) at = closing(text, at, '\n');
    else if (/\s/.test(char)) endWord();
    else add(char);
  }
  endCommand();
  if (depth < DEEPEST) for (const one of inner) found.push(...shellCommands(one, depth + 1));
  return found;
}

/** Up to the line that is the mark, and behind it. */
function upTo(text: string, from: number, mark: string): { body: string; end: number } {
  for (let at = from; at < text.length; ) {
    const end = closing(text, at, '\n');
    if (text.slice(at, end).trim() === mark) return { body: text.slice(from, at), end: end + 1 };
    at = end + 1;
  }
  return { body: text.slice(from), end: text.length };
}

function closing(text: string, from: number, mark: string): number {
  const end = text.indexOf(mark, from);
  return end === -1 ? text.length : end;
}

/** What is between double quotes; substitutions there are commands of their own. */
function doubleQuoted(text: string, from: number, inner: string[]): { value: string; end: number } {
  let value = '';
  for (let at = from; at < text.length; at++) {
    const char = text[at]!;
    if (char === '"') return { value, end: at };
    if (char === '\\') {
      const next = text[++at];
      if (next !== '\n') value += next ?? '';
    } else if (char === '`') {
      const end = closing(text, at + 1, '`');
      inner.push(text.slice(at + 1, end));
      at = end;
    } else if (char === '$' && text[at + 1] === '(') {
      const end = closingBracket(text, at + 2);
      inner.push(text.slice(at + 2, end));
      at = end;
    } else value += char;
  }
  return { value, end: text.length };
}

function closingBracket(text: string, from: number): number {
  let open = 1;
  for (let at = from; at < text.length; at++) {
    if (text[at] === '(') open++;
    if (text[at] === ')' && --open === 0) return at;
  }
  return text.length;
}
