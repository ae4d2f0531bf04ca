import { parseYaml } from './yaml.ts';

/** One key of a front-matter with its own lines. */
export interface Chunk {
  readonly key: string;
  readonly value: unknown;
  /** Comment and blank lines above it. */
  readonly lead: string;
  /** The lines of the pair itself. */
  readonly text: string;
}

export interface ChunkedMatter {
  readonly chunks: readonly Chunk[];
  /** Comment and blank lines after the last key. */
  readonly tail: string;
}

/**
 * A front-matter as whole lines per key. Null when that is not possible: it cannot be read, is a map in braces, is
 * indented, has explicit keys, aliases or anchors.
 */
export function chunkMatter(matter: string): ChunkedMatter | null {
  const parsed = parseYaml(matter);
  if (parsed.problems.length > 0) return null;
  if (parsed.value === null) return { chunks: [], tail: matter };
  const map = parsed.entries();
  if (map === null || map.flow) return null;
  const data = parsed.value as Readonly<Record<string, unknown>>;
  const chunks: Chunk[] = [];
  let at = 0;
  for (const entry of map.entries) {
    const { key, start } = entry;
    const plain = entry.afterColon !== null && entry.style !== 'alias' && !entry.shared;
    if (!plain || (start > 0 && matter[start - 1] !== '\n') || !matter.startsWith(key, start)) return null;
    const content = matter.slice(start, entry.valueEnd).trimEnd();
    const lineBreak = matter.indexOf('\n', start + content.length);
    const end = lineBreak === -1 ? matter.length : lineBreak + 1;
    chunks.push({ key, value: data[key], lead: matter.slice(at, start), text: matter.slice(start, end) });
    at = end;
  }
  return { chunks, tail: matter.slice(at) };
}
