import { readJson } from './runner-sections.ts';

/** One package in a package-lock.json. */
export interface LockEntry {
  /** As the package manager installs it: `node_modules/a/node_modules/b`. */
  readonly at: string;
  readonly version: string | null;
  readonly resolved: string | null;
  readonly integrity: string | null;
}

/** Every package of a package-lock.json or npm-shrinkwrap.json, of each version of the format; null: it cannot be read. */
export function lockEntries(text: string): LockEntry[] | null {
  const lock = readJson(text);
  if (isMap(lock['packages']))
    return Object.entries(lock['packages']).map(([at, entry]) => entryOf(at, entry));
  return isMap(lock['dependencies']) ? nested(lock['dependencies'], '', 0) : null;
}

function nested(dependencies: Readonly<Record<string, unknown>>, above: string, depth: number): LockEntry[] {
  return Object.entries(dependencies).flatMap(([name, value]) => {
    const at = `${above}node_modules/${name}`;
    const inner = isMap(value) && isMap(value['dependencies']) && depth < 100 ? value['dependencies'] : {};
    return [entryOf(at, value), ...nested(inner, `${at}/`, depth + 1)];
  });
}

function entryOf(at: string, value: unknown): LockEntry {
  const entry = isMap(value) ? value : {};
  const text = (key: string) => (typeof entry[key] === 'string' ? entry[key] : null);
  return { at, version: text('version'), resolved: text('resolved'), integrity: text('integrity') };
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
