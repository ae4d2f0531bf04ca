/** What node:test says about a test in the YAML block below it. */
export interface Diagnostics {
  readonly type?: string;
  readonly failureType?: string;
  readonly code?: string;
  readonly name?: string;
  readonly error?: string;
  readonly location?: string;
  readonly duration?: string;
}

const KEYS: Readonly<Record<string, keyof Diagnostics | undefined>> = Object.assign(Object.create(null), {
  type: 'type',
  failureType: 'failureType',
  code: 'code',
  name: 'name',
  error: 'error',
  message: 'error',
  location: 'location',
  duration_ms: 'duration',
});

/**
 * Reads the block that starts at a line, if one is there: only the keys that matter, without a YAML parser, because what a
 * runner writes there (tabs, stacks, tags) is often no YAML.
 *
 * @returns the line after it
 */
export function readDiagnostics(
  lines: readonly string[],
  from: number,
  indent: number,
): { readonly found: Diagnostics; readonly next: number } {
  const own = ' '.repeat(indent + 2);
  if (lines[from] !== `${own}---`) return { found: {}, next: from };
  const found: { -readonly [K in keyof Diagnostics]: string } = {};
  let at = from + 1;
  for (; at < lines.length && lines[at] !== `${own}...`; at++) {
    const line = lines[at]!;
    // A block that is not closed ends where the next test begins.
    if (line.trim() !== '' && !line.startsWith(own)) return { found, next: at };
    const match = /^(\w+): ?(.*)$/.exec(line.slice(own.length));
    const key = match === null ? undefined : KEYS[match[1]!];
    if (match === null || key === undefined) continue;
    if (!/^[|>][-+]?$/.test(match[2]!)) {
      found[key] ??= scalar(match[2]!);
      continue;
    }
    const text: string[] = [];
    while (at + 1 < lines.length && (lines[at + 1]!.trim() === '' || lines[at + 1]!.startsWith(`${own}  `)))
      text.push(lines[++at]!.slice(own.length + 2));
    found[key] ??= text.join('\n').trim();
  }
  return { found, next: at + 1 };
}

function scalar(text: string): string {
  const quoted = /^(['"])(.*)\1$/.exec(text.trim());
  return quoted === null ? text.trim() : quoted[2]!.replaceAll("\\'", "'").replaceAll("''", "'");
}
