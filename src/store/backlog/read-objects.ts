import type { GitPlace, System } from '../../system/ports.ts';

/**
 * Reads many blobs with one `git cat-file --batch`, by anything that names one (`<oid>`, `<commit>:<path>`).
 *
 * @returns one entry for each name, in order; null: there is no such object, or it is no blob
 */
export async function readObjects(
  system: System,
  place: GitPlace,
  names: readonly string[],
): Promise<(Buffer | null)[]> {
  if (names.length === 0) return [];
  // A line break in a name would shift all answers by one.
  const safe = names.map((name) => (/[\n\0]/.test(name) ? 'missing' : name));
  const { stdout } = await system.git.run(place, ['cat-file', '--batch', '--buffer'], {
    input: `${safe.join('\n')}\n`,
  });
  const found: (Buffer | null)[] = [];
  let at = 0;
  for (let index = 0; index < names.length; index++) {
    const end = stdout.indexOf(10, at);
    if (end < 0) throw new Error(`git cat-file answered ${index} of ${names.length} names`);
    const header = stdout.toString('latin1', at, end);
    at = end + 1;
    const size = /^[0-9a-f]{40,64} ([a-z]+) (\d+)$/.exec(header);
    if (size === null) {
      found.push(null);
      continue;
    }
    const length = Number(size[2]);
    found.push(size[1] === 'blob' ? stdout.subarray(at, at + length) : null);
    at += length + 1;
  }
  return found;
}
