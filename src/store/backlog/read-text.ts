import { RotaError } from '../../errors.ts';
import type { System } from '../../system/ports.ts';
import type { Repository } from '../repository.ts';
import { readObjects } from './read-objects.ts';

/** Nothing that rota reads as text is larger. */
const LIMIT = 8 * 1_048_576;

/** A file's bytes at a commit; null: it is not there, or it is no file. Throws like readFilesAt. */
export async function readFileAt(
  system: System,
  repository: Repository,
  commit: string,
  path: string,
): Promise<Buffer | null> {
  return (await readFilesAt(system, repository, commit, [path])).get(path) ?? null;
}

/**
 * The files' bytes at a commit, with one git process; those that are not there are left out.
 *
 * @param limit bytes
 * @throws RotaError `repository` for a file over the limit
 */
export async function readFilesAt(
  system: System,
  repository: Repository,
  commit: string,
  paths: readonly string[],
  limit = LIMIT,
): Promise<Map<string, Buffer>> {
  const blobs = await readObjects(
    system,
    repository.place,
    paths.map((path) => `${commit}:${path}`),
  );
  const found = new Map<string, Buffer>();
  paths.forEach((path, index) => {
    const bytes = blobs[index] ?? null;
    if (bytes === null) return;
    if (bytes.length > limit) {
      throw new RotaError('repository', `${path} has ${bytes.length} bytes; expected at most ${limit}.`);
    }
    found.set(path, bytes);
  });
  return found;
}
