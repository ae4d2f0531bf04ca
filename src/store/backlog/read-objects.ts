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
  for (let at = 0; found.length < names.length; ) {
    const end = stdout.indexOf(10, at);
    if (end < 0) throw new Error(`git cat-file answered ${found.length} of ${names.length} names`);
    // `<oid> blob <size>`; anything else (`<name> missing`, `… ambiguous`) has no content after it.
    const [type, size] = typeAndSize(stdout, at, end);
    at = end + 1;
    if (size !== null) {
      found.push(type === 'blob' ? stdout.subarray(at, at + size) : null);
      at += size + 1;
    } else found.push(null);
  }
  return found;
}

function typeAndSize(bytes: Buffer, from: number, to: number): [type: string, size: number | null] {
  const words = bytes.toString('latin1', from, to).split(' ');
  const [oid = '', type = '', size = ''] = words;
  const isObject = words.length === 3 && /^[0-9a-f]{40,64}$/.test(oid) && /^\d+$/.test(size);
  return [type, isObject ? Number(size) : null];
}
