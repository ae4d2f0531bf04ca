import { RotaError } from '../errors.ts';
import { parseTaskId } from './id.ts';
import { slugOf } from './slug.ts';
import type { Priority, Status, TaskType } from './task.ts';
import { scalarToYaml, type YamlValue } from './yaml.ts';

/** What a new task file says; keys that are not given are left out of it. */
export interface NewTask {
  readonly id: string;
  readonly title: string;
  readonly type?: TaskType | undefined;
  readonly priority?: Priority | undefined;
  readonly order?: number | undefined;
  readonly status?: Status | undefined;
  readonly role?: string | undefined;
  readonly epic?: string | undefined;
  readonly depends?: readonly string[] | undefined;
  readonly touches?: readonly string[] | undefined;
  readonly repeat?: string | undefined;
  readonly 'not-before'?: string | undefined;
  /** Markdown; may be empty. */
  readonly body?: string | undefined;
}

const ORDER = [
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
] as const satisfies readonly (keyof NewTask)[];

/** A task file's text, keys in their usual order. */
export function renderTask(task: NewTask): string {
  const lines = ORDER.flatMap((key) => {
    const value: YamlValue | undefined = task[key];
    return value === undefined || (Array.isArray(value) && value.length === 0)
      ? []
      : `${key}: ${scalarToYaml(value)}`;
  });
  const body = (task.body ?? '').replace(/^\s*\n/, '').trimEnd();
  return `---\n${lines.join('\n')}\n---\n${body === '' ? '' : `\n${body}\n`}`;
}

/** `A32-short-title.md`, or `A32.md` for a title without letters. */
export function taskFileName(id: string, title: string): string {
  const slug = slugOf(title);
  return slug === '' ? `${id}.md` : `${id}-${slug}.md`;
}

/** The id after the highest taken one of this prefix; numbers are never used again while the highest is known. */
export function nextId(prefix: string, taken: Iterable<string>): string {
  if (!/^[A-Z](?:[A-Z0-9]{0,14}[A-Z])?-?$/.test(prefix)) {
    throw new RotaError(
      'config',
      `'${prefix}' cannot start a task id`,
      'use capital letters, like A or SHOP-',
    );
  }
  let highest = 0;
  for (const id of taken) {
    const key = parseTaskId(id);
    if (key === null || !key.startsWith(prefix)) continue;
    const digits = key.slice(prefix.length);
    if (/^[0-9]{1,6}$/.test(digits)) highest = Math.max(highest, Number(digits));
  }
  if (highest >= 999_999) {
    throw new RotaError(
      'task',
      `all ids with the prefix ${prefix} are taken`,
      'set another `prefix` in rota.yaml',
    );
  }
  return `${prefix}${highest + 1}`;
}
