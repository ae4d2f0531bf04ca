// East Asian wide and fullwidth blocks, and emoji that are shown as pictures (Unicode UAX #11, UTS #51).
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}|[\u{20000}-\u{3fffd}]|\ufe0f/u;
const PLAIN = /^[\x20-\x7e]*$/;

/** Columns that a text without escape sequences takes on a terminal. */
export function displayWidth(text: string): number {
  if (PLAIN.test(text)) return text.length;
  let width = 0;
  for (const piece of graphemes(text)) width += widthOf(piece);
  return width;
}

/** The text cut to `columns`, with `…` as its last column if something is missing. */
export function cutToWidth(text: string, columns: number): string {
  if (displayWidth(text) <= columns) return text;
  let kept = '';
  let width = 0;
  for (const piece of graphemes(text)) {
    width += widthOf(piece);
    if (width > columns - 1) break;
    kept += piece;
  }
  return `${kept.trimEnd()}…`;
}

function graphemes(text: string): string[] {
  return Array.from(
    new Intl.Segmenter('en', { granularity: 'grapheme' }).segment(text),
    ({ segment }) => segment,
  );
}

function widthOf(grapheme: string): number {
  if (/^[\p{Mark}\p{Format}]*$/u.test(grapheme)) return 0;
  return WIDE.test(grapheme) ? 2 : 1;
}
