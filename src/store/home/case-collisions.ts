import type { GitPlace, System } from '../../system/ports.ts';
import { type PathChange, splitAtNul } from './diff-paths.ts';

/**
 * Paths that main gets and that are one with another path, or with its folder, where case does not matter: git's index and tree
 * hold both, the folder has room for one.
 */
export async function findCaseCollisions(
  system: System,
  place: GitPlace,
  changes: readonly PathChange[],
): Promise<string[]> {
  const { stdout } = await system.git.run(place, ['ls-files', '-z']);
  const spelled = new Map<string, string>();
  for (const path of [...splitAtNul(stdout).map((field) => field.toString('utf8')), ...pathsOf(changes)])
    for (const part of withFolders(path))
      if (!spelled.has(part.toLowerCase())) spelled.set(part.toLowerCase(), part);
  const collisions = changes
    .filter((change) => change.new !== null)
    .flatMap(({ path }) => {
      const part = withFolders(path).find((candidate) => spelled.get(candidate.toLowerCase()) !== candidate);
      return part === undefined ? [] : [`${spelled.get(part.toLowerCase())} and ${part} differ in case only`];
    });
  return [...new Set(collisions)];
}

function pathsOf(changes: readonly PathChange[]): string[] {
  return changes.map((change) => change.path);
}

/** `a/b/c` -> `a`, `a/b`, `a/b/c`. */
function withFolders(path: string): string[] {
  const parts = path.split('/');
  return parts.map((_, at) => parts.slice(0, at + 1).join('/'));
}
