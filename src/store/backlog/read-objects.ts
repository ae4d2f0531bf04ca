import type { GitPlace, System } from '../../system/ports.ts';

/**
 * Reads many blobs, by anything that names one (`<oid>`, `<commit>:<path>`).
 *
 * @returns one entry for each name, in order; null: there is no such object, or it is no blob
 */
export async function readObjects(
  system: System,
  place: GitPlace,
  names: readonly string[],
): Promise<(Buffer | null)[]> {
  const found = await system.git.objects(place, 'contents', names);
  return found.map((object) => (object?.type === 'blob' ? object.content : null));
}
