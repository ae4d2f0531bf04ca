import type { Problem } from '../errors.ts';
import { idFromFileName, idsOfFileName, parseTaskId } from './id.ts';
import { readLockBlock } from './lock-block.ts';
import { parseMoment } from './moment.ts';
import { nearestName } from './nearest.ts';
import { parseRepeat } from './repeat.ts';
import { PRIORITIES, STATUSES, TASK_TYPES, type Task } from './task.ts';
import { hasUnsafeText, plainText } from './text.ts';
import { touchesProblem } from './touches.ts';

/** The front-matter keys that rota knows. Others are people's own and are left alone. */
export const TASK_KEYS = [
  'id',
  'title',
  'type',
  'priority',
  'order',
  'status',
  'role',
  'epic',
  'depends',
  'touches',
  'repeat',
  'not-before',
  'lock',
] as const;
type TaskKeyName = (typeof TASK_KEYS)[number];

type LineOf = (path: readonly (string | number)[]) => number;

interface FieldsResult {
  /** Null when there are problems. */
  readonly task: Task | null;
  readonly problems: readonly Problem[];
}

/** A task from its front-matter's data: defaults filled in, every value checked, all problems collected. */
export function readFields(
  file: string,
  data: Readonly<Record<string, unknown>>,
  lineOf: LineOf,
): FieldsResult {
  const problems: Problem[] = [];
  const report = (path: readonly (string | number)[], rule: string, message: string) => {
    problems.push({ file, line: lineOf(path), rule, message });
  };
  const given = <T>(key: TaskKeyName, read: (value: unknown, field: Field) => T | null): T | null => {
    const value = Object.hasOwn(data, key) ? data[key] : null;
    if (value === null || value === undefined) return null;
    const bad = (message: string, at: readonly number[] = []) =>
      report([key, ...at], key, `\`${key}\` ${message}`);
    return read(value, { bad });
  };
  const id = given('id', readId) ?? idFromFileName(file);
  const key = id === null ? null : parseTaskId(id);
  if (key === null && problems.length === 0) {
    report(
      [],
      'id',
      'no id: neither an `id` key nor a file name that starts with one, like A32-short-title.md',
    );
  }
  const nameId = id === null || key === null ? null : otherIdInName(file, id, key);
  if (nameId !== null) {
    report(['id'], 'id', `\`id\` is ${id}, but the file's name says ${nameId}; make them the same`);
  }
  const title = given('title', readTitle);
  if (title === null && !problems.some((found) => found.rule === 'title')) {
    report(
      Object.hasOwn(data, 'title') ? ['title'] : [],
      'title',
      '`title` is missing; it is the one key that every task needs',
    );
  }
  const task = {
    id: id ?? '',
    key: key ?? ('' as Task['key']),
    file,
    title: title ?? '',
    type: given('type', oneOf(TASK_TYPES)) ?? 'feature',
    priority: given('priority', oneOf(PRIORITIES)) ?? 'medium',
    order: given('order', readOrder),
    status: given('status', oneOf(STATUSES)) ?? 'draft',
    role: given('role', readRole),
    epic: given('epic', readId),
    depends: given('depends', readIds) ?? [],
    touches: given('touches', readTouches) ?? [],
    repeat: given('repeat', readRepeat),
    notBefore: given('not-before', readMoment),
    lock: given('lock', (value, field) => readLockBlock(value, field.bad)),
  };
  for (const name of Object.keys(data)) {
    const shownName = plainText(name);
    const near = (TASK_KEYS as readonly string[]).includes(name) ? null : nearestName(shownName, TASK_KEYS);
    if (near === null) continue;
    const hidden = shownName === name ? '' : ' with control characters';
    report([name], 'unknown-key', `unknown key \`${shownName}\`${hidden}; did you mean \`${near}\`?`);
  }
  return { task: problems.length === 0 ? task : null, problems };
}

/** The id that the file's name starts with, if it is another one. */
function otherIdInName(file: string, id: string, key: Task['key']): string | null {
  const name = file.slice(file.lastIndexOf('/') + 1);
  if (name.startsWith(id) && /^[-.]/.test(name.slice(id.length, id.length + 1))) return null;
  const ids = idsOfFileName(name);
  return ids.some((other) => parseTaskId(other) === key) ? null : (ids[0] ?? null);
}

interface Field {
  bad(message: string, at?: readonly number[]): void;
}

/** Numbers are text here (`title: 404`): plain-scalar.ts made sure that they print as they were written. */
function textOf(value: unknown): string | null {
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' ? value : null;
}

function readTitle(value: unknown, { bad }: Field): string | null {
  const title = textOf(value)?.trim() ?? null;
  if (title === null) bad(`must be text, not ${kindOf(value)}; put it in quotes`);
  else if (title === '') bad('is empty');
  else if (/[\r\n]/.test(title)) bad('must be one line');
  else if (hasUnsafeText(title)) bad('holds control characters; take them out');
  else if (title.length > 300) bad(`has ${title.length} characters; at most 300`);
  else return title;
  return null;
}

function readId(value: unknown, { bad }: Field): string | null {
  const id = textOf(value);
  if (id !== null && parseTaskId(id) !== null) return id;
  bad(`must be an id like A32 (capital letters, then up to 6 digits), not ${shown(value)}`);
  return null;
}

function readIds(value: unknown, field: Field): string[] | null {
  const list = Array.isArray(value) ? value : [value];
  const ids: string[] = [];
  for (const [index, item] of list.entries()) {
    const at = Array.isArray(value) ? [index] : [];
    const id = textOf(item);
    if (id !== null && parseTaskId(id) !== null) ids.push(id);
    else field.bad(`must be a list of ids like [A30, A31]; ${shown(item)} is not an id`, at);
  }
  return ids;
}

function readTouches(value: unknown, { bad }: Field): string[] | null {
  const list: unknown[] = Array.isArray(value) ? value : [value];
  const globs: string[] = [];
  for (const [index, item] of list.entries()) {
    const glob = textOf(item);
    const wrong = glob === null ? `must be a list of globs, not ${kindOf(item)}` : touchesProblem(glob);
    if (wrong !== null) bad(wrong, Array.isArray(value) ? [index] : []);
    else if (glob !== null) globs.push(glob);
  }
  return globs;
}

function oneOf<T extends string>(allowed: readonly T[]): (value: unknown, field: Field) => T | null {
  return (value, { bad }) => {
    const text = typeof value === 'string' ? value.trim().toLowerCase() : null;
    const found = allowed.find((candidate) => candidate === text);
    if (found !== undefined) return found;
    const near = text === null ? null : nearestName(text, allowed);
    bad(
      `must be one of ${allowed.join(', ')}, not ${shown(value)}${near === null ? '' : `; did you mean ${near}?`}`,
    );
    return null;
  };
}

function readOrder(value: unknown, { bad }: Field): number | null {
  if (typeof value === 'number' && Math.abs(value) <= 1e9) return value;
  bad(`must be a number, not ${shown(value)}`);
  return null;
}

function readRole(value: unknown, { bad }: Field): string | null {
  if (typeof value === 'string' && /^[a-z][a-z0-9-]{0,30}$/.test(value)) return value;
  bad(`must be a role's name like developer, not ${shown(value)}`);
  return null;
}

function readRepeat(value: unknown, { bad }: Field): string | null {
  if (typeof value === 'string' && parseRepeat(value) !== null) return value;
  bad(
    `must be an interval of a minute or more like 7d or 12h, or a cron expression like "0 6 * * 1", not ${shown(value)}`,
  );
  return null;
}

function readMoment(value: unknown, { bad }: Field): string | null {
  const moment = typeof value === 'string' ? parseMoment(value) : null;
  if (moment === null)
    bad(`must be a date like 2026-12-01 or a time like 2026-12-01T09:00Z, not ${shown(value)}`);
  return moment;
}

function kindOf(value: unknown): string {
  if (value === null) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' ? 'a map' : `a ${typeof value}`;
}

function shown(value: unknown): string {
  return typeof value === 'object' ? kindOf(value) : `'${plainText(String(value)).slice(0, 60)}'`;
}
