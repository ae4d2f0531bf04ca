import {
  type Document,
  isAlias,
  isCollection,
  isMap,
  isNode,
  isPair,
  isScalar,
  isSeq,
  type Pair,
  type ParsedNode,
  parseDocument,
  Scalar,
  stringify,
  type Tags,
  visit,
} from 'yaml';
import { NUMBER, numberOrText } from './plain-scalar.ts';
import { type SourcePiece, type YamlEntry, type YamlStyle, yamlEntry } from './yaml-entry.ts';
import { yamlWords } from './yaml-words.ts';

/**
 * The only importer of `yaml`. It reads untrusted text, so: core schema, unique string keys, no custom tags, few aliases;
 * and numbers only where the text survives (plain-scalar.ts). Files are never re-serialised from here, see edit.ts.
 */
export interface ParsedYaml {
  /** Null when there are problems. */
  readonly value: unknown;
  /** Lines count from 1 within this text. */
  readonly problems: readonly { readonly line: number; readonly message: string }[];
  /** Line of the key or list entry at the path; of its nearest existing parent otherwise. */
  lineOf(path: readonly (string | number)[]): number;
  /** The pairs of the map at the root, with their places in the text; null when the root is not a map. */
  entries(): { readonly flow: boolean; readonly entries: readonly YamlEntry[] } | null;
}

export type YamlValue =
  | string
  | number
  | boolean
  | null
  | readonly YamlValue[]
  | { readonly [key: string]: YamlValue };

/** Reads one YAML document. Never throws for bad text. */
export function parseYaml(text: string): ParsedYaml {
  try {
    return describe(text);
  } catch (error) {
    // `yaml` throws for alias bombs (ReferenceError) and, like any recursive reader, for absurd nesting (RangeError).
    if (!(error instanceof ReferenceError || error instanceof RangeError)) throw error;
    const deep = error instanceof RangeError;
    const message = deep
      ? 'nested too deeply; expected simple values and lists'
      : yamlWords({ code: '', message: (error as Error).message, source: '' });
    return { value: null, problems: [{ line: 1, message }], lineOf: () => 1, entries: () => null };
  }
}

/** A record as YAML text of several lines. */
export function toYaml(value: YamlValue): string {
  return stringify(value, { schema: 'core', lineWidth: 0, aliasDuplicateObjects: false });
}

/** A value on one line, collections in flow style. `quotes` keeps the style that a string had. */
export function scalarToYaml(value: YamlValue, quotes: 'single' | 'double' | null = null): string {
  if (typeof value !== 'string')
    return oneLine(value, stringify(value, { ...ONE_LINE, collectionStyle: 'flow' }));
  const type = quotes === 'single' ? 'QUOTE_SINGLE' : quotes === 'double' ? 'QUOTE_DOUBLE' : undefined;
  const scalar = new Scalar(value);
  if (type !== undefined) scalar.type = type;
  // As a pair, so that what is only special after a key or at a document's start is quoted too.
  return oneLine(value, stringify({ k: scalar }, ONE_LINE).slice('k: '.length));
}

/** The same for a place inside `[…]` or `{…}`. */
export function flowToYaml(value: YamlValue): string {
  return scalarToYaml([value]).slice(1, -1);
}

const ONE_LINE = {
  schema: 'core',
  lineWidth: 0,
  blockQuote: false,
  doubleQuotedMinMultiLineLength: Number.MAX_SAFE_INTEGER,
  flowCollectionPadding: false,
  aliasDuplicateObjects: false,
} as const;

/** JSON is YAML: the way out for a string that `yaml` would fold over several lines. */
function oneLine(value: YamlValue, text: string): string {
  const line = text.replace(/\n$/, '');
  return /[\r\n]/.test(line) ? JSON.stringify(value) : line;
}

function describe(text: string): ParsedYaml {
  const doc = parseDocument(text, {
    version: '1.2',
    schema: 'core',
    customTags: losslessNumbers,
    resolveKnownTags: false,
    stringKeys: true,
    // Looks at every pair of keys: duplicateKeys does it faster.
    uniqueKeys: false,
    merge: false,
    strict: true,
    prettyErrors: false,
    logLevel: 'error',
    keepSourceTokens: true,
  });
  const lineAt = (offset: number) => countBreaks(text, offset) + 1;
  const found: Found[] = [...doc.errors, ...doc.warnings, ...slips(doc)];
  // One slip may lead to thousands: the first ones are what to look at.
  const problems = found.slice(0, MOST_PROBLEMS).map(({ code, message, pos }) => ({
    // What is not closed is noticed where the next thing begins: the line above is the one to look at.
    line: lineAt(/not closed|end with a|Missing closing/.test(message) ? lastText(text, pos[0]) : pos[0]),
    message: yamlWords({ code, message, source: text.slice(pos[0], lineEnd(text, pos[0])) }),
  }));
  return {
    value: problems.length === 0 ? doc.toJS({ maxAliasCount: 30 }) : null,
    problems,
    lineOf: (path) => lineAt(offsetOf(doc.contents, path)),
    entries: () => entriesOf(doc),
  };
}

const MOST_PROBLEMS = 20;

interface Found {
  readonly code: string;
  readonly message: string;
  readonly pos: readonly [number, ...number[]];
}

/** What the parser does not look for: a key that is in one map twice, a list or map that holds itself. */
function slips(doc: Document.Parsed): Found[] {
  const found: Found[] = [];
  visit(doc, {
    Map(_key, map) {
      const seen = new Set<unknown>();
      for (const { key } of map.items) {
        if (!isScalar(key)) continue;
        if (seen.has(key.value))
          found.push({ code: 'DUPLICATE_KEY', message: '', pos: [key.range?.[0] ?? 0] });
        seen.add(key.value);
      }
    },
    Alias(_key, alias, path) {
      const around = path.some((node) => isCollection(node) && node.anchor === alias.source);
      const message = `*${alias.source} holds itself; write its values out`;
      if (around) found.push({ code: 'CYCLE', message, pos: [alias.range?.[0] ?? 0] });
    },
  });
  return found;
}

function losslessNumbers(tags: Tags): Tags {
  const others = tags.filter((tag) => typeof tag === 'string' || !/:(?:int|float)$/.test(tag.tag));
  return [
    ...others,
    { tag: 'tag:yaml.org,2002:float', default: true, test: NUMBER, resolve: numberOrText },
    { tag: 'tag:yaml.org,2002:int', default: false, resolve: numberOrText },
  ];
}

function offsetOf(root: ParsedNode | null, path: readonly (string | number)[]): number {
  let node: unknown = root;
  let offset = root?.range[0] ?? 0;
  for (const step of path) {
    if (isMap(node)) {
      const pair = node.items.find((item) => isScalar(item.key) && item.key.value === step);
      if (pair === undefined) break;
      offset = isScalar(pair.key) ? (pair.key.range?.[0] ?? offset) : offset;
      node = pair.value;
    } else if (isSeq(node) && typeof step === 'number') {
      node = node.items[step];
      if (isNode(node)) offset = node.range?.[0] ?? offset;
    } else break;
  }
  return offset;
}

function entriesOf(doc: Document.Parsed): ReturnType<ParsedYaml['entries']> {
  const root = doc.contents;
  if (!isMap(root)) return null;
  const aliases = root.items.map((pair) => aliasesIn(pair));
  const users = new Map<string, number>();
  for (const name of aliases.flatMap((names) => [...names])) users.set(name, (users.get(name) ?? 0) + 1);
  const entries = root.items.flatMap((pair, index) => {
    const isElsewhere = (name: string) => (users.get(name) ?? 0) > (aliases[index]?.has(name) ? 1 : 0);
    return entryOf(pair, isElsewhere) ?? [];
  });
  return entries.length === root.items.length ? { flow: root.flow === true, entries } : null;
}

function entryOf(pair: Pair, isElsewhere: (anchor: string) => boolean): YamlEntry | null {
  const token = pair.srcToken;
  if (token === undefined || !isScalar(pair.key) || typeof pair.key.value !== 'string') return null;
  const style = styleOf(pair.value);
  const range = isNode(pair.value) ? pair.value.range : null;
  const header = token.value?.type === 'block-scalar' ? token.value.props : [];
  return yamlEntry({
    key: pair.key.value,
    keyStart: pair.key.range?.[0] ?? 0,
    before: token.start,
    between: token.sep ?? [],
    header: header.filter((piece): piece is SourcePiece & typeof piece => 'source' in piece),
    valueRange: range && style !== 'empty' ? [range[0], range[1]] : null,
    style,
    shared: anchorsIn(pair).some(isElsewhere),
    items: itemsOf(pair.value),
  });
}

function styleOf(value: unknown): YamlStyle {
  if (isAlias(value)) return 'alias';
  if (isCollection(value)) return value.flow ? 'flow' : 'block';
  if (!isScalar(value) || !value.range || value.range[0] === value.range[1]) return 'empty';
  if (value.type === 'QUOTE_SINGLE') return 'single';
  if (value.type === 'QUOTE_DOUBLE') return 'double';
  return value.type === 'BLOCK_FOLDED' || value.type === 'BLOCK_LITERAL' ? 'block' : 'plain';
}

/** The entries of a block list of scalars, so that an edit can keep the lines that stay. */
function itemsOf(value: unknown): YamlEntry['items'] {
  if (!isSeq(value) || value.flow) return null;
  const items = value.items.flatMap((item) => {
    if (!isScalar(item) || !item.range || item.anchor !== undefined || item.tag !== undefined) return [];
    return [{ value: item.value, start: item.range[0], end: item.range[1] }];
  });
  return items.length === value.items.length ? items : null;
}

function aliasesIn(pair: unknown): Set<string> {
  const names = new Set<string>();
  visitPair(pair, (node) => isAlias(node) && names.add(node.source));
  return names;
}

function anchorsIn(pair: unknown): string[] {
  const names: string[] = [];
  visitPair(pair, (node) => {
    if ((isScalar(node) || isCollection(node)) && node.anchor !== undefined) names.push(node.anchor);
  });
  return names;
}

function visitPair(pair: unknown, see: (node: unknown) => void): void {
  if (!isPair(pair)) return;
  for (const part of [pair.key, pair.value]) {
    if (isNode(part)) visit(part, (_key, node) => void see(node));
  }
}

function lineEnd(text: string, from: number): number {
  const at = text.slice(from, from + 200).search(/[\r\n]/);
  return at === -1 ? from + 200 : from + at;
}

function lastText(text: string, before: number): number {
  return text.slice(0, before).trimEnd().length;
}

function countBreaks(text: string, end: number): number {
  let count = 0;
  for (let at = text.indexOf('\n'); at !== -1 && at < end; at = text.indexOf('\n', at + 1)) count += 1;
  return count;
}
