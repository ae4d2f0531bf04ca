import { plainLines } from '../task/text.ts';

interface QuoteOptions {
  /** After the opening fence, e.g. `markdown`. */
  readonly info?: string;
  /** Characters; what is beyond is left out, and it is said. */
  readonly limit?: number;
}

const LIMIT = 65_536;
/** Letters that no screen shows and that some models read: Unicode's tag characters and zero-width marks. */
const INVISIBLE = /[\u{e0000}-\u{e007f}\u200b\u2060-\u2064]/gu;

/**
 * Untrusted text as a fenced block that it cannot end: the fence is longer than any run of backticks or tildes in it.
 * Escape sequences, control characters, bidi controls and invisible letters are gone.
 */
export function quote(text: string, { info = 'text', limit = LIMIT }: QuoteOptions = {}): string {
  const clean = withoutLastBreaks(plainLines(text).replace(INVISIBLE, ''));
  const cut = clean.length > limit ? shorten(clean, limit) : clean;
  const fence = '`'.repeat(Math.max(3, longestRun(cut) + 1));
  return `${fence}${info}\n${cut}\n${fence}`;
}

/** Not by `/\n+$/`: that looks from every break of a long row of them to its end. */
function withoutLastBreaks(text: string): string {
  let end = text.length;
  while (text[end - 1] === '\n') end--;
  return text.slice(0, end);
}

function longestRun(text: string): number {
  return (text.match(/`+|~+/g) ?? []).reduce((most, run) => Math.max(most, run.length), 0);
}

function shorten(text: string, limit: number): string {
  // Half a character would be shown as a replacement for one.
  const kept = text.slice(0, limit).replace(/[\ud800-\udbff]$/, '');
  return `${kept}\n[… ${text.length - kept.length} characters left out …]`;
}
