import { isDeepStrictEqual } from 'node:util';
import { splitFrontMatter } from '../task/split.ts';
import { parseYaml } from '../task/yaml.ts';

/**
 * The front-matter keys whose values differ, `body`, and `comments` where only comments or layout of the front-matter
 * do. Null: one of the two cannot be read, so that nothing can be said about keys.
 */
export function taskFileChanges(before: string | null, after: string | null): string[] | null {
  const old = readTaskFile(before);
  const now = readTaskFile(after);
  if (old === null || now === null) return null;
  const keys = new Set([...old.values.keys(), ...now.values.keys()]);
  const changed = [...keys].filter(
    (key) =>
      old.values.has(key) !== now.values.has(key) ||
      !isDeepStrictEqual(old.values.get(key), now.values.get(key)),
  );
  if (changed.length === 0 && old.matter !== now.matter) changed.push('comments');
  if (old.body !== now.body) changed.push('body');
  return changed;
}

interface TaskFileParts {
  readonly matter: string;
  /** A map, because a key may be called `__proto__`. */
  readonly values: ReadonlyMap<string, unknown>;
  readonly body: string;
}

function readTaskFile(text: string | null): TaskFileParts | null {
  if (text === null) return null;
  const split = splitFrontMatter(text);
  if (split.kind === 'broken') return null;
  if (!split.hasFrontMatter) return { matter: '', values: new Map(), body: split.body };
  const { value, problems } = parseYaml(split.matter);
  if (problems.length > 0) return null;
  if (value === null) return { matter: split.matter, values: new Map(), body: split.body };
  if (typeof value !== 'object' || Array.isArray(value)) return null;
  return { matter: split.matter, values: new Map(Object.entries(value)), body: split.body };
}
