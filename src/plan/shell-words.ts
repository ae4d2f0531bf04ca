/** The simple commands in a text for a shell, each as its words. Those in substitutions are among them. */
export function shellCommands(text: string, depth = 0): string[][] {
  const commands: string[][] = [];
  let words: string[] = [];
  let word: string | null = null;
  const inner: string[] = [];
  const endWord = () => {
    if (word !== null) words.push(word);
    word = null;
  };
  const endCommand = () => {
    endWord();
    if (words.length > 0) commands.push(words);
    words = [];
  };

  for (let at = 0; at < text.length; at++) {
    const char = text[at]!;
    if (char === '\\') word = (word ?? '') + lineGoesOn(text[++at]);
    else if (char === "'") {
      const end = closing(text, at + 1, "'");
      word = (word ?? '') + text.slice(at + 1, end);
      at = end;
    } else if (char === '"') {
      const { value, end } = doubleQuoted(text, at + 1, inner);
      word = (word ?? '') + value;
      at = end;
    } else if (char === '`') {
      const end = closing(text, at + 1, '`');
      inner.push(text.slice(at + 1, end));
      word ??= '';
      at = end;
    } else if (/[;&|\n(){}<>]/.test(char) && !(word !== null && /[{}]/.test(char))) {
      if (/[<>]/.test(char)) endWord();
      else endCommand();
    } else if (char === '#' && word === null) at = endOfLine(text, at) - 1;
    else if (/\s/.test(char)) endWord();
    else word = (word ?? '') + char;
  }
  endCommand();
  if (depth < DEEPEST) for (const one of inner) commands.push(...shellCommands(one, depth + 1));
  return commands;
}

const DEEPEST = 8;

function lineGoesOn(char: string | undefined): string {
  return char === undefined || char === '\n' ? '' : char;
}

function closing(text: string, from: number, mark: string): number {
  const end = text.indexOf(mark, from);
  return end === -1 ? text.length : end;
}

function endOfLine(text: string, from: number): number {
  const end = text.indexOf('\n', from);
  return end === -1 ? text.length : end;
}

/** What is between double quotes; substitutions there are commands of their own. */
function doubleQuoted(text: string, from: number, inner: string[]): { value: string; end: number } {
  let value = '';
  for (let at = from; at < text.length; at++) {
    const char = text[at]!;
    if (char === '"') return { value, end: at };
    if (char === '\\') value += lineGoesOn(text[++at]);
    else if (char === '`') {
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
