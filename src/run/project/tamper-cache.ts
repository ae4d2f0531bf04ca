import { join } from 'node:path';
import type { Project } from './project.ts';
import { stampOf } from './stamp-of.ts';

/** Rota's notes about gates in the cache, outside the repository, as they were: name -> stamp. */
export type CacheFacts = ReadonlyMap<string, string>;

/** What is in them -> in words. */
const NOTES = new Map([
  ['gated', 'what waits and needs no new gate'],
  ['tests', "main's tests"],
]);

export async function readCacheFacts({ system: { files }, repository }: Project): Promise<CacheFacts> {
  const found = new Map<string, string>();
  for (const folder of NOTES.keys()) {
    const listed = await files.list(join(repository.cacheDir, folder)).catch(() => []);
    for (const { name } of listed) {
      // Half written: rota's own names for that begin with a dot.
      if (name.startsWith('.')) continue;
      const path = join(folder, name);
      found.set(path, await stampOf(files, join(repository.cacheDir, path)));
    }
  }
  return found;
}

/**
 * Drops notes that were written or changed and that no other run can have written, each in a sentence. That is always safe: a
 * note that is gone costs a gate, or a look at main's tests.
 *
 * @param isAlone no other run of this repository was at work since
 */
export async function compareCache(
  project: Project,
  before: CacheFacts,
  isAlone: () => Promise<boolean>,
): Promise<string[]> {
  const now = await readCacheFacts(project);
  const changed = [...now].filter(([path, stamp]) => before.get(path) !== stamp && stamp !== 'gone');
  if (changed.length === 0 || !(await isAlone())) return [];
  const said = new Map<string, number>();
  for (const [path] of changed) {
    await project.system.files.removeTree(join(project.repository.cacheDir, path));
    const folder = path.slice(0, path.indexOf('/'));
    said.set(folder, (said.get(folder) ?? 0) + 1);
  }
  return [...said].map(
    ([folder, count]) =>
      `while the agent worked, ${count === 1 ? 'a note' : `${count} notes`} about ${NOTES.get(folder)} in rota's cache ${count === 1 ? 'was' : 'were'} written although no other run was at work; ${count === 1 ? 'it was' : 'they were'} removed`,
  );
}
