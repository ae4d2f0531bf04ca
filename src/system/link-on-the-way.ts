import { join, relative, sep } from 'node:path';
import type { Files } from './ports.ts';

/** The first part of `path` below `root`, `path` included, that is a symbolic link; null: none is, as far as it is there. */
export async function linkOnTheWay(files: Files, root: string, path: string): Promise<string | null> {
  let at = root;
  for (const part of relative(root, path).split(sep)) {
    at = join(at, part);
    const facts = await files.facts(at);
    if (facts === null) return null;
    if (facts.kind === 'link') return at;
  }
  return null;
}
