import { isDeepStrictEqual } from 'node:util';
import { RotaError } from '../errors.ts';
import { addEntry, removeEntry, type Splice, setEntry } from './splice.ts';
import { splitFrontMatter } from './split.ts';
import { type ParsedYaml, parseYaml, type YamlValue } from './yaml.ts';

/**
 * A task file with other values for some front-matter keys; `undefined` removes one, new ones go to the end. Only the
 * bytes of these keys change: comments, order, quotes, unknown keys, line breaks and the body stay. A key that has
 * the value already is left as it is written. The result is read again and must differ in exactly these keys.
 * Throws RotaError `task` when that cannot be done safely (no or broken front-matter, shared anchors, aliases).
 */
export function editTask(text: string, changes: Readonly<Record<string, YamlValue | undefined>>): string {
  const split = splitFrontMatter(text);
  if (split.kind === 'broken') throw cannot(`line ${split.line}: ${split.message}`);
  if (!split.hasFrontMatter) throw cannot('it has no front-matter');
  const before = readMap(split.matter);
  const edited = applySplices(split.matter, splices(split.matter, before, changes, split.newline));
  if (edited === split.matter) return text;
  checkResult(before.data, edited, changes);
  return text.slice(0, split.matterOffset) + edited + text.slice(split.matterOffset + split.matter.length);
}

interface ReadMap {
  readonly data: Readonly<Record<string, unknown>>;
  readonly map: NonNullable<ReturnType<ParsedYaml['entries']>>;
}

function readMap(matter: string): ReadMap {
  const parsed = parseYaml(matter);
  const problem = parsed.problems[0];
  if (problem !== undefined) throw cannot(`line ${problem.line + 1}: ${problem.message}`);
  if (parsed.value === null) return { data: {}, map: { flow: false, entries: [] } };
  const map = parsed.entries();
  if (map === null) throw cannot('its front-matter is not made of `key: value` lines');
  return { data: parsed.value as Record<string, unknown>, map };
}

function splices(
  matter: string,
  { data, map }: ReadMap,
  changes: Readonly<Record<string, YamlValue | undefined>>,
  newline: string,
): Splice[] {
  const found: Splice[] = [];
  for (const [key, value] of Object.entries(changes)) {
    if (!/^[A-Za-z][A-Za-z0-9_-]{0,63}$/.test(key)) throw cannot('such a key cannot be written');
    const index = map.entries.findIndex((entry) => entry.key === key);
    const entry = map.entries[index];
    if (entry === undefined) {
      if (value !== undefined) found.push(addEntry(matter, map, { key, value, newline }, found));
      continue;
    }
    if (value !== undefined && isDeepStrictEqual(data[key], value)) continue;
    if (entry.style === 'alias') throw cannot(`\`${key}\` is an alias of another value`);
    if (entry.shared) throw cannot(`\`${key}\` holds an anchor that is used elsewhere`);
    if (value === undefined) found.push(removeEntry(matter, map, index));
    else found.push(setEntry(matter, entry, { value, newline, flow: map.flow }));
  }
  return found;
}

function applySplices(text: string, found: readonly Splice[]): string {
  let result = text;
  // From the end, so that offsets stay true; several new keys at one place keep their order.
  const ordered = found.map((splice, index) => ({ splice, index }));
  ordered.sort((a, b) => b.splice.start - a.splice.start || b.index - a.index);
  for (const { splice } of ordered) {
    result = result.slice(0, splice.start) + splice.text + result.slice(splice.end);
  }
  return result;
}

/** The promise of this file, checked on every edit. */
function checkResult(
  before: Readonly<Record<string, unknown>>,
  edited: string,
  changes: Readonly<Record<string, YamlValue | undefined>>,
): void {
  const changed = new Map(Object.entries(changes));
  const kept = Object.entries(before).map(([key, value]) => [
    key,
    changed.has(key) ? changed.get(key) : value,
  ]);
  const added = [...changed].filter(([key]) => !Object.hasOwn(before, key));
  const expected = [...kept, ...added].filter(([, value]) => value !== undefined);
  if (!isDeepStrictEqual(Object.entries(readMap(edited).data), expected)) {
    throw cannot('an edit would change more than was asked');
  }
}

function cannot(why: string): RotaError {
  return new RotaError('task', `this task file cannot be edited by rota: ${why}`, 'edit the file by hand');
}
