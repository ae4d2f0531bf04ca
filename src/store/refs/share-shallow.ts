import { join } from 'node:path';
import type { System } from '../../system/ports.ts';
import type { Repository } from '../repository.ts';

/**
 * Tells a neutral directory where the history of a shallow clone ends. Git looks for the `shallow` file beside the refs and
 * not beside the objects; without it, it stumbles over the first parent that is not there.
 */
export async function shareShallow(system: System, repository: Repository, folder: string): Promise<void> {
  const { files } = system;
  const copy = join(folder, 'shallow');
  const [own, shared] = await Promise.all([
    files.readIfThere(join(repository.gitDir, 'shallow')),
    files.readIfThere(copy),
  ]);
  if (own === null && shared !== null) await files.removeFile(copy);
  if (own !== null && (shared === null || !own.equals(shared))) await files.writeWhole(copy, own);
}
