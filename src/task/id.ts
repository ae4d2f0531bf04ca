import { RotaError } from '../errors.ts';
import type { TaskKey } from './task.ts';
import { plainText } from './text.ts';

const ID = /^[A-Z][A-Z0-9]{0,15}-?[0-9]{1,6}$/;
const FILE_ID = /^[A-Z][A-Z0-9]*?-?[0-9]{1,6}(?![A-Za-z0-9])/;
const FILE_ID_WITH_DASH = /^[A-Z][A-Z0-9]*-[0-9]{1,6}(?![A-Za-z0-9])/;

/**
 * The canonical form of a task id, without the leading zeros of its number (`A032` and `A32` are the same task), or
 * null when it is not an id. The result is safe as a part of a path and of a ref name.
 */
export function parseTaskId(text: string): TaskKey | null {
  if (!ID.test(text)) return null;
  const { prefix, digits } = parts(text);
  return `${prefix}${digits}` as TaskKey;
}

/** The same, for an id that must be one. Throws RotaError `task`. */
export function taskKey(id: string): TaskKey {
  const key = parseTaskId(id);
  if (key !== null) return key;
  const shown = plainText(id).slice(0, 60);
  throw new RotaError(
    'task',
    `'${shown}' is not a task id`,
    'an id is like A32: capital letters, then a number',
  );
}

/** Sorts by prefix, then by number: A2 before A10 before B1. */
export function compareTaskKeys(a: TaskKey, b: TaskKey): number {
  const left = parts(a);
  const right = parts(b);
  if (left.prefix !== right.prefix) return left.prefix < right.prefix ? -1 : 1;
  if (left.digits.length !== right.digits.length) return left.digits.length - right.digits.length;
  return left.digits < right.digits ? -1 : left.digits > right.digits ? 1 : 0;
}

/** The id that a file's name starts with (`A32-foo.md` -> `A32`), as written, or null. Takes a name or a path. */
export function idFromFileName(name: string): string | null {
  return idsOfFileName(name)[0] ?? null;
}

/** Every reading of a file's name: `A32-2-factor.md` is A32 (preferred), or, if the file says so, A32-2. */
export function idsOfFileName(name: string): string[] {
  const base = name.slice(name.lastIndexOf('/') + 1);
  const found = [FILE_ID, FILE_ID_WITH_DASH].map((pattern) => pattern.exec(base)?.[0]);
  return [...new Set(found)].filter((id): id is string => id !== undefined && parseTaskId(id) !== null);
}

/** The number is the whole run of digits at the end, so that A1000000 (A1 and six digits) never becomes A10. */
function parts(id: string): { prefix: string; digits: string } {
  let at = id.length;
  while (at > 0 && isDigit(id.charCodeAt(at - 1))) at -= 1;
  return { prefix: id.slice(0, at), digits: withoutZeros(id.slice(at)) };
}

function withoutZeros(digits: string): string {
  return digits.startsWith('0') ? digits.replace(/^0+(?=[0-9])/, '') : digits;
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}
