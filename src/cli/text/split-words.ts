import { RotaError } from '../../errors.ts';

/** A command line as words, with 'single' and "double" quotes and backslashes as a shell reads them; nothing else of it. */
export function splitWords(line: string): string[] {
  const words: string[] = [];
  const piece = /\s*((?:'[^']*'|"(?:\\.|[^"\\])*"|\\.|[^\s'"\\])+)\s*/gsy;
  let at = 0;
  for (let match = piece.exec(line); match !== null; match = piece.exec(line)) {
    words.push(unquote(match[1]!));
    at = piece.lastIndex;
  }
  if (line.slice(at).trim() !== '') {
    throw new RotaError('usage', `A quote is not closed in: ${line}`, 'Close it, or leave it out.');
  }
  return words;
}

function unquote(text: string): string {
  return text.replace(
    /'([^']*)'|"((?:\\.|[^"\\])*)"|\\(.)/gs,
    (_all, single?: string, double?: string, escaped?: string) =>
      single ?? escaped ?? (double ?? '').replace(/\\(["\\$`])/g, '$1'),
  );
}
