import { plainScalar } from './plain-scalar.ts';

/** Front-matter as data, with the line of each key. */
export interface ScannedMatter {
  readonly data: Record<string, unknown>;
  readonly lines: Record<string, number>;
}

/**
 * Reads *plain* front-matter: `key: scalar` lines, lists and maps of scalars on one line, comments. It is there for
 * speed (60 times that of `yaml`). Null whenever anything is less than plain; whatever it does accept, it reads
 * exactly as parseYaml does (a property test holds them together). `firstLine` is the number of the first line.
 */
export function scanFrontMatter(matter: string, firstLine = 1): ScannedMatter | null {
  if (UNUSUAL.test(matter)) return null;
  const data: Record<string, unknown> = {};
  const lines: Record<string, number> = {};
  let number = firstLine - 1;
  for (let start = 0; start < matter.length; ) {
    let end = matter.indexOf('\n', start);
    if (end === -1) end = matter.length;
    number += 1;
    const line = matter.slice(start, end).trimEnd();
    start = end + 1;
    if (line === '' || line.startsWith('#')) continue;
    const colon = line.indexOf(':');
    const key = line.slice(0, colon);
    if (colon === -1 || !KEY.test(key) || Object.hasOwn(data, key)) return null;
    if (colon + 1 < line.length && line[colon + 1] !== ' ') return null;
    const value = scanValue(line, colon + 1);
    if (value === undefined) return null;
    data[key] = value;
    lines[key] = number;
  }
  return { data, lines };
}

// Control characters but line breaks, white space that is none to YAML, byte order marks; a carriage return elsewhere than before a line feed.
const UNUSUAL =
  /[\u0000-\u0009\u000b\u000c\u000e-\u001f\u007f-\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff]|\r(?!\n)/;
const KEY = /^[a-z][a-z0-9-]{0,63}$/;
/** First characters that mean nothing to YAML. */
const PLAIN = /^[A-Za-z0-9_./($<=\u00a1-\uffff]/;
const MINUS_NUMBER = /^-[0-9]/;

/** Undefined: not plain. */
function scanValue(line: string, from: number): unknown {
  let at = from;
  while (line[at] === ' ') at += 1;
  const text = line.slice(at);
  if (text === '' || (text[0] === '#' && at > from)) return null;
  if (text[0] === '[') return scanFlow(text, ']');
  if (text[0] === '{') return scanFlow(text, '}');
  if (text[0] === '"' || text[0] === "'") {
    const quoted = quotedAt(text, 0);
    return quoted !== null && isRest(text.slice(quoted.end)) ? quoted.value : undefined;
  }
  const comment = text.indexOf(' #');
  const plain = comment === -1 ? text : text.slice(0, comment).trimEnd();
  if (!PLAIN.test(plain) && !MINUS_NUMBER.test(plain)) return undefined;
  if (plain.includes(': ') || plain.endsWith(':')) return undefined;
  return plainScalar(plain);
}

/** A list or a map of scalars on one line. */
function scanFlow(text: string, close: ']' | '}'): unknown {
  const list: unknown[] = [];
  const map: Record<string, unknown> = {};
  let at = skipSpaces(text, 1);
  if (text[at] !== close) {
    for (;;) {
      if (close === '}') {
        const key = FLOW_KEY.exec(text.slice(at, at + 80))?.[1];
        if (key === undefined || Object.hasOwn(map, key)) return undefined;
        const value = flowScalar(text, skipSpaces(text, at + key.length + 1));
        if (value === null) return undefined;
        map[key] = value.value;
        at = value.end;
      } else {
        const value = flowScalar(text, at);
        if (value === null) return undefined;
        list.push(value.value);
        at = value.end;
      }
      at = skipSpaces(text, at);
      if (text[at] === close) break;
      if (text[at] !== ',') return undefined;
      at = skipSpaces(text, at + 1);
    }
  }
  if (!isRest(text.slice(at + 1))) return undefined;
  return close === ']' ? list : map;
}

const FLOW_KEY = /^([a-z][a-z0-9-]{0,63}): /;
const FLOW_PLAIN = /[A-Za-z0-9_./($<=\u00a1-\uffff][^,[\]{}#"'`]*/y;

function flowScalar(text: string, at: number): { value: unknown; end: number } | null {
  if (text[at] === '"' || text[at] === "'") return quotedAt(text, at);
  FLOW_PLAIN.lastIndex = at;
  const raw = FLOW_PLAIN.exec(text)?.[0];
  if (raw === undefined || /:(?![A-Za-z0-9/])/.test(raw)) return null;
  return { value: plainScalar(raw.trimEnd()), end: at + raw.length };
}

/** Quoted text without escapes. */
function quotedAt(text: string, at: number): { value: string; end: number } | null {
  const quote = text[at] ?? '';
  const end = text.indexOf(quote, at + 1);
  if (end === -1 || text[end + 1] === quote) return null;
  const value = text.slice(at + 1, end);
  return quote === '"' && value.includes('\\') ? null : { value, end: end + 1 };
}

/** Nothing but a comment. */
function isRest(text: string): boolean {
  return /^(?: *$| +#)/.test(text);
}

function skipSpaces(text: string, from: number): number {
  let at = from;
  while (text[at] === ' ') at += 1;
  return at;
}
