/** What `gh api --include` printed. */
export interface GhReply {
  readonly status: number;
  /** By names in small letters. */
  readonly headers: ReadonlyMap<string, string>;
  /** Undefined when the body is no JSON. */
  readonly json: unknown;
}

/** Null when there is no reply in it at all. */
export function readReply(stdout: Buffer): GhReply | null {
  const text = stdout.toString('utf8');
  const first = /^HTTP\/[0-9.]+ (\d{3})\b[^\n]*\n/.exec(text);
  if (first === null) return null;
  const headers = new Map<string, string>();
  let at = first[0].length;
  for (;;) {
    const end = text.indexOf('\n', at);
    if (end < 0) return null;
    const line = text.slice(at, end).replace(/\r$/, '');
    at = end + 1;
    if (line === '') break;
    const colon = line.indexOf(':');
    if (colon > 0) headers.set(line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim());
  }
  return { status: Number(first[1]), headers, json: parse(text.slice(at)) };
}

function parse(text: string): unknown {
  if (text.trim() === '') return null;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
