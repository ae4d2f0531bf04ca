/**
 * What an unquoted YAML scalar means here: YAML's core schema, except that a number whose text would not survive
 * (`012`, `1.10`, `0x1F`, `1e3`) stays text. So ids, versions and titles are never changed by being read.
 * Used by both readers (scan.ts and yaml.ts), so that they cannot disagree.
 */
export function plainScalar(text: string): string | number | boolean | null {
  if (PLAIN_TEXT.test(text)) return text;
  if (NULL.test(text)) return null;
  if (TRUE.test(text)) return true;
  if (FALSE.test(text)) return false;
  return NUMBER.test(text) ? numberOrText(text) : text;
}

/** Most values: what starts with no letter of the words below. */
const PLAIN_TEXT = /^[^-~0-9nNtTfF]/;
export const NUMBER = /^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?$/;
const NULL = /^(?:~|[Nn]ull|NULL)?$/;
const TRUE = /^(?:[Tt]rue|TRUE)$/;
const FALSE = /^(?:[Ff]alse|FALSE)$/;

/** The number that prints exactly as `text`, else `text` itself. */
export function numberOrText(text: string): number | string {
  const value = Number(text);
  return String(value) === text ? value : text;
}
