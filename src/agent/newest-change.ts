import { join } from 'node:path';
import { RotaError } from '../errors.ts';
import type { Files } from '../system/ports.ts';

/** Not an agent's own work, and large. */
const SKIPPED = new Set(['.git', 'node_modules']);

/**
 * When anything below `folder` was last changed, as a modification time in milliseconds; 0 when there is nothing. Looks at
 * `most` entries, nearest to the root first: with more it is a guess, which is enough to see whether somebody works. What
 * the agent made unreadable shows no change.
 */
export async function newestChange(files: Files, folder: string, most = 20_000): Promise<number> {
  let newest = 0;
  let seen = 0;
  const folders = [folder];
  for (let at = 0; at < folders.length && seen < most; at++) {
    const entries = (await files.list(folders[at]!).catch(unreadable([]))).filter(
      (entry) => !SKIPPED.has(entry.name),
    );
    const wanted = entries.slice(0, most - seen);
    seen += wanted.length;
    const paths = wanted.map((entry) => join(folders[at]!, entry.name));
    const facts = await Promise.all(paths.map((path) => files.facts(path).catch(unreadable(null))));
    for (const [index, fact] of facts.entries()) {
      if (fact === null) continue;
      newest = Math.max(newest, fact.mtimeMs);
      if (fact.kind === 'folder') folders.push(paths[index]!);
    }
  }
  return newest;
}

function unreadable<T>(instead: T): (error: unknown) => T {
  return (error) => {
    if (error instanceof RotaError) return instead;
    throw error;
  };
}
