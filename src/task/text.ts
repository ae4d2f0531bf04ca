const ESCAPE_SEQUENCE =
  /\u001b(?:\[[0-?]*[ -/]*[@-~]|[\]PX^_][^\u0007\u001b\u009c]*(?:\u0007|\u001b\\|\u009c)?|[ -/]*[0-~])/g;
const CSI_8_BIT = /\u009b[0-?]*[ -/]*[@-~]/g;
// C0 and C1 controls, line separators, bidi marks, embeddings, overrides and isolates, BOM, lone surrogates.
const UNSAFE =
  /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]|\p{Surrogate}/gu;
const UNSAFE_TEST = new RegExp(UNSAFE.source, 'u');
/** Most text: known to be safe before an expression with Unicode classes, which takes milliseconds to compile, is needed. */
const ASCII = /^[\x20-\x7e]*$/;

/**
 * Untrusted text as one line that is safe on a terminal and in a log: escape sequences, control characters, bidi
 * controls and lone surrogates are gone, a run of line breaks and tabs is a single space.
 */
export function plainText(text: string): string {
  if (ASCII.test(text) || !UNSAFE_TEST.test(text)) return text;
  return text
    .replace(ESCAPE_SEQUENCE, '')
    .replace(CSI_8_BIT, '')
    .replace(/[\r\n\t\u2028\u2029]+/g, ' ')
    .replace(UNSAFE, '');
}

/** Like plainText, keeping line breaks (as `\n`) and tabs: for notes and other text of several lines. */
export function plainLines(text: string): string {
  return text
    .split(/\r\n|[\n\r\u2028\u2029]/)
    .map((line) => line.split('\t').map(plainText).join('\t'))
    .join('\n');
}

/** Whether plainText would change it. */
export function hasUnsafeText(text: string): boolean {
  return !ASCII.test(text) && UNSAFE_TEST.test(text);
}
