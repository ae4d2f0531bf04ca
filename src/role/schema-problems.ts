import type * as z from 'zod/mini';
import type { Problem } from '../errors.ts';
import { plainText } from '../task/text.ts';
import { closestName } from './closest-name.ts';

export type Path = readonly (string | number)[];

/** What a schema was held against, and how to speak of it. */
interface Checked {
  readonly file: string;
  readonly data: unknown;
  readonly lineOf: (path: Path) => number;
  /** Keys that a map at this path may have. */
  readonly knownKeys: (path: Path) => readonly string[];
  /** Places already reported as not built: nothing more is said of them. */
  readonly notBuilt: readonly Path[];
}

/** Problems with line, what is wrong and what was expected, from what the schema did not like. */
export function schemaProblems(issues: readonly z.core.$ZodIssue[], checked: Checked): Problem[] {
  return issues.flatMap((issue) => issueProblems(issue, [], checked));
}

function issueProblems(issue: z.core.$ZodIssue, parent: Path, checked: Checked): Problem[] {
  const path = [...parent, ...issue.path.map((step) => (typeof step === 'symbol' ? String(step) : step))];
  if (issue.code === 'invalid_union') {
    const deeper = fittingOption(issue.errors);
    if (deeper !== null) return deeper.flatMap((inner) => issueProblems(inner, path, checked));
  }
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.flatMap((key) => unknownKey([...path, key], checked));
  }
  return wrongValue(path, issue.message, checked);
}

/** The option of a union that is about this kind of value: the one that only complains of what is inside. */
function fittingOption(
  options: readonly (readonly z.core.$ZodIssue[])[],
): readonly z.core.$ZodIssue[] | null {
  const inside = (issue: z.core.$ZodIssue) => issue.path.length > 0 || issue.code === 'unrecognized_keys';
  return options.find((issues) => issues.length > 0 && issues.every(inside)) ?? null;
}

function unknownKey(path: Path, checked: Checked): Problem[] {
  if (isNotBuilt(path, checked)) return [];
  const known = checked.knownKeys(path.slice(0, -1));
  const key = String(path.at(-1));
  const nearest = closestName(key, known);
  const place = path.length > 1 ? ` in ${pathName(path.slice(0, -1))}` : '';
  const help =
    nearest === null ? `expected one of ${known.join(', ')}` : `the nearest known key is \`${nearest}\``;
  const message = `unknown key \`${short(key)}\`${place}; ${help}`;
  return [{ file: checked.file, line: checked.lineOf(path), rule: 'unknown-key', message }];
}

function wrongValue(path: Path, expected: string, checked: Checked): Problem[] {
  const found = valueAt(checked.data, path);
  if (isNotBuilt(path, checked)) return [];
  if (found === undefined) {
    // A key that is missing beside one that is not built (`preset:` without `command:`) is no second mistake.
    if (checked.notBuilt.some((other) => samePath(other.slice(0, -1), path.slice(0, -1)))) return [];
    const message = `${pathName(path)} is missing; expected ${expected}`;
    return [{ file: checked.file, line: checked.lineOf(path), rule: 'missing-key', message }];
  }
  const message = `${pathName(path)} is ${describe(found)}; expected ${expected}`;
  return [{ file: checked.file, line: checked.lineOf(path), rule: 'wrong-value', message }];
}

function isNotBuilt(path: Path, checked: Checked): boolean {
  return checked.notBuilt.some((other) => samePath(other, path.slice(0, other.length)));
}

function samePath(a: Path, b: Path): boolean {
  return a.length === b.length && a.every((step, index) => step === b[index]);
}

/** The value at a path of own keys; undefined where there is none. */
export function valueAt(data: unknown, path: Path): unknown {
  let value = data;
  for (const step of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined;
    value = (value as Record<string | number, unknown>)[step];
  }
  return value;
}

/** `agents.mine.command`, or `gate` entry 2, `run`: list entries count from 1, as people do. */
function pathName(path: Path): string {
  let name = '';
  let open = false;
  for (const step of path) {
    if (typeof step === 'number') {
      name += `${open ? '`' : ''} entry ${step + 1}`;
      open = false;
    } else {
      name += open ? `.${short(step)}` : `${name === '' ? '' : ', '}\`${short(step)}`;
      open = true;
    }
  }
  return open ? `${name}\`` : name;
}

function describe(value: unknown): string {
  if (value === null) return 'empty';
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list';
  if (typeof value === 'object') return 'a map';
  return typeof value === 'string' ? `"${short(value)}"` : String(value);
}

function short(text: string): string {
  const plain = plainText(text);
  return plain.length > 60 ? `${plain.slice(0, 57)}…` : plain;
}
