/** A variable whose value must not be shown. */
export interface Secret {
  readonly name: string;
  readonly value: string;
}

/** What is replaced, and by what. */
export interface MaskPattern {
  readonly bytes: Buffer;
  readonly mark: Buffer;
}

/** Characters. Shorter values are no keys, and would take words out of every text. */
const SHORTEST = 8;
/** Bytes of one pattern: a longer value is looked for in pieces. */
const LONGEST = 4096;

/**
 * Every form of the values that is worth looking for, the longest first: as they are, line by line, with the escapes of JSON,
 * URLs and XML, in base64 (alone or in the middle of something) and in hexadecimal. A program that wants to hide a value finds
 * other forms: this is against carelessness.
 */
export function maskPatterns(secrets: readonly Secret[]): MaskPattern[] {
  const known = new Map<string, MaskPattern>();
  for (const { name, value } of secrets) {
    const mark = Buffer.from(`***${name}***`);
    for (const form of formsOf(value)) {
      const bytes = Buffer.from(form);
      const key = bytes.toString('latin1');
      if (!known.has(key)) known.set(key, { bytes, mark });
    }
  }
  return [...known.values()].sort((a, b) => b.bytes.length - a.bytes.length);
}

function formsOf(value: string): string[] {
  const trimmed = value.trim();
  if (trimmed.length < SHORTEST) return [];
  const whole = [trimmed, JSON.stringify(trimmed).slice(1, -1), encodeURIComponent(trimmed), markup(trimmed)];
  const encoded = Buffer.byteLength(trimmed) <= LONGEST ? encodings(Buffer.from(trimmed)) : [];
  return [...whole.flatMap(pieces), ...linesOf(trimmed), ...encoded];
}

/** Logs indent and wrap: a key of several lines is known by each of them. `-----BEGIN …` is none of the secret. */
function linesOf(value: string): string[] {
  const lines = value.split(/\r?\n/).map((line) => line.trim());
  return lines.length < 2 ? [] : lines.filter((line) => line.length >= SHORTEST && !line.startsWith('-----'));
}

function markup(value: string): string {
  return value
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

function pieces(value: string): string[] {
  const bytes = Buffer.from(value);
  if (bytes.length <= LONGEST) return [value];
  // Characters of up to four bytes: a piece may be shorter in them, and none is cut in two.
  const letters = [...value];
  const size = LONGEST / 4;
  return Array.from({ length: Math.ceil(letters.length / size) }, (_, at) =>
    letters.slice(at * size, (at + 1) * size).join(''),
  ).filter((piece) => piece.length >= SHORTEST);
}

function encodings(value: Buffer): string[] {
  const base64 = [0, 1, 2].flatMap((before) => {
    const text = Buffer.concat([Buffer.alloc(before), value]).toString('base64');
    // The first and last letters also depend on what stands around the value.
    const sure = text.slice(Math.ceil((before * 8) / 6), Math.floor(((before + value.length) * 8) / 6));
    return [sure, sure.replaceAll('+', '-').replaceAll('/', '_')];
  });
  const hex = value.toString('hex');
  return [...base64, hex, hex.toUpperCase()];
}
