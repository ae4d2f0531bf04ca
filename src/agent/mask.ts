import { type MaskPattern, maskPatterns, type Secret } from './mask-patterns.ts';

/** Takes secrets out of what is kept and shown; `***NAME***` stands in their place. */
export interface Mask {
  text(text: string): string;
  bytes(data: Buffer): Buffer;
  /** Every text in a value of plain objects and lists; the value itself where there is nothing to take out. */
  deep<T>(value: T): T;
  /** For one stream of bytes that comes in pieces, cut anywhere. */
  stream(): MaskStream;
}

export interface MaskStream {
  /** What of it and of earlier pieces can be shown by now. */
  add(chunk: Buffer): Buffer;
  /** The rest. The beginning of a secret counts as one: whoever was ended in the middle of it has shown enough. */
  end(): Buffer;
}

/** Nothing is secret. */
export const NO_MASK: Mask = maskOf([]);

/** @param secrets values of fewer than 8 characters are left alone */
export function makeMask(secrets: readonly Secret[]): Mask {
  const patterns = maskPatterns(secrets);
  return patterns.length === 0 ? NO_MASK : maskOf(patterns);
}

function maskOf(patterns: readonly MaskPattern[]): Mask {
  const texts = patterns.map(({ bytes }) => bytes.toString('utf8'));
  const bytes = (data: Buffer) => {
    const { shown, held } = split(data, patterns, true);
    return held.length === 0 && shown.length === 1 ? shown[0]! : Buffer.concat([...shown, held]);
  };
  const text = (given: string) =>
    texts.some((secret) => given.includes(secret)) ? bytes(Buffer.from(given)).toString('utf8') : given;
  const deep = <T>(value: T): T => deepText(value, text) as T;
  return { text, bytes, deep, stream: () => streamOf(patterns) };
}

/** The beginning of a secret that is long enough to be told from anything else. */
const TELLING = 8;

function streamOf(patterns: readonly MaskPattern[]): MaskStream {
  let held: Buffer = Buffer.alloc(0);
  return {
    add: (chunk) => {
      if (patterns.length === 0) return chunk;
      const found = split(held.length === 0 ? chunk : Buffer.concat([held, chunk]), patterns, false);
      // Of its own: the piece that it is from may be large, or used again.
      held = Buffer.from(found.held);
      return found.shown.length === 1 ? found.shown[0]! : Buffer.concat(found.shown);
    },
    end: () => {
      const { shown, held: rest } = split(held, patterns, true);
      held = Buffer.alloc(0);
      const started = patterns.find(({ bytes }) => bytes.subarray(0, rest.length).equals(rest));
      return Buffer.concat([...shown, rest.length >= TELLING && started !== undefined ? started.mark : rest]);
    },
  };
}

/**
 * The data with marks, up to where a secret may have begun that is not complete yet; that is held. `last`: nothing follows,
 * so what is complete is taken out also where something longer might have come; what is held is then no secret.
 */
function split(
  data: Buffer,
  patterns: readonly MaskPattern[],
  last: boolean,
): { readonly shown: Buffer[]; readonly held: Buffer } {
  const shown: Buffer[] = [];
  const next = patterns.map(({ bytes }) => data.indexOf(bytes));
  let at = 0;
  for (;;) {
    const found = firstOf(next, patterns, data, at);
    const open = startOfOpen(data, at, patterns);
    if (found !== null && (last || found.start < open)) {
      if (found.start > at) shown.push(data.subarray(at, found.start));
      shown.push(found.pattern.mark);
      at = found.start + found.pattern.bytes.length;
      continue;
    }
    if (open > at) shown.push(data.subarray(at, open));
    return { shown, held: data.subarray(open) };
  }
}

/** The leftmost whole secret from `at` on, of several there the longest. */
function firstOf(
  next: number[],
  patterns: readonly MaskPattern[],
  data: Buffer,
  at: number,
): { readonly start: number; readonly pattern: MaskPattern } | null {
  let best: { start: number; pattern: MaskPattern } | null = null;
  for (const [index, pattern] of patterns.entries()) {
    if (next[index] === -1) continue;
    if (next[index]! < at) next[index] = data.indexOf(pattern.bytes, at);
    const start = next[index]!;
    // They are sorted by length: of two at one place the first is the longer.
    if (start !== -1 && (best === null || start < best.start)) best = { start, pattern };
  }
  return best;
}

/** Where the longest end of the data begins that is the beginning of a secret; the data's length if there is none. */
function startOfOpen(data: Buffer, at: number, patterns: readonly MaskPattern[]): number {
  let open = data.length;
  for (const { bytes } of patterns) {
    const first = bytes[0]!;
    const from = Math.max(at, data.length - bytes.length + 1);
    for (let start = data.indexOf(first, from); start !== -1 && start < open; ) {
      if (data.compare(bytes, 0, data.length - start, start) === 0) open = start;
      else start = data.indexOf(first, start + 1);
    }
  }
  return open;
}

function deepText(value: unknown, text: (given: string) => string): unknown {
  if (typeof value === 'string') return text(value);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) {
    const masked = value.map((one) => deepText(one, text));
    return masked.some((one, index) => one !== value[index]) ? masked : value;
  }
  // Dates, buffers and the like have no text to show.
  const prototype = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return value;
  const entries = Object.entries(value).map(([key, one]) => [key, deepText(one, text)] as const);
  const changed = entries.some(([key, one]) => one !== (value as Record<string, unknown>)[key]);
  return changed ? Object.fromEntries(entries) : value;
}
