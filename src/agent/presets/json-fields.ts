/** A value that a client wrote. Nothing about its shape is certain: each function here takes anything and never throws. */
type Json = unknown;

/** What is found at the end of a path of keys and positions; undefined: there is no such path. */
export function fieldAt(value: Json, ...path: readonly (string | number)[]): Json {
  let at = value;
  for (const step of path) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, step)) return undefined;
    at = (at as Record<string | number, unknown>)[step];
  }
  return at;
}

/** Characters of a text that are read: rules are looked for in it, some of which take long for a long one. */
export const MOST_READ = 8 * 1024;

/** Text there, its beginning if it is long; else empty. */
export function textAt(value: Json, ...path: readonly (string | number)[]): string {
  return wholeTextAt(value, ...path).slice(0, MOST_READ);
}

/** The same, however long it is: for what is only passed on. */
export function wholeTextAt(value: Json, ...path: readonly (string | number)[]): string {
  const found = fieldAt(value, ...path);
  return typeof found === 'string' ? found : '';
}

/** A count there: not negative, not absurd, a fraction is possible. Else null. */
export function numberAt(value: Json, ...path: readonly (string | number)[]): number | null {
  const found = fieldAt(value, ...path);
  return typeof found === 'number' && found >= 0 && found <= 1e12 ? found : null;
}

/** A number of tokens there, else 0. */
export function tokensAt(value: Json, ...path: readonly (string | number)[]): number {
  return Math.round(numberAt(value, ...path) ?? 0);
}

/** A list there, else empty. */
export function listAt(value: Json, ...path: readonly (string | number)[]): readonly Json[] {
  const found = fieldAt(value, ...path);
  return Array.isArray(found) ? found : [];
}

/** The first of these keys that is a text of its own. */
export function firstText(value: Json, keys: readonly string[]): string {
  for (const key of keys) {
    const text = textAt(value, key);
    if (text.trim() !== '') return text;
  }
  return '';
}
