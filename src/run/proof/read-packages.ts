import { type PackageFacts, readPackageFacts } from '../../role/package-facts.ts';
import { readObjects } from '../../store/backlog/read-objects.ts';
import type { GitPlace, System } from '../../system/ports.ts';

/** What the package.json files above each path say on a commit, the nearest first. */
export async function readPackages(
  system: System,
  place: GitPlace,
  commit: string,
  paths: readonly string[],
): Promise<(path: string) => PackageFacts[]> {
  const folders = [...new Set(paths.flatMap(foldersAbove))];
  const names = folders.map((folder) => `${commit}:${folder === '' ? '' : `${folder}/`}package.json`);
  const texts = await readObjects(system, place, names);
  const known = new Map<string, PackageFacts>();
  for (const [index, folder] of folders.entries()) {
    const text = texts[index];
    const facts =
      text === null || text === undefined ? null : readPackageFacts(folder, text.toString('utf8'));
    if (facts !== null) known.set(folder, facts);
  }
  return (path) => foldersAbove(path).flatMap((folder) => known.get(folder) ?? []);
}

/** `a/b`, `a` and the root for `a/b/c.test.ts`. */
function foldersAbove(path: string): string[] {
  const parts = path.split('/').slice(0, -1);
  return [...parts.keys(), parts.length].reverse().map((count) => parts.slice(0, count).join('/'));
}
