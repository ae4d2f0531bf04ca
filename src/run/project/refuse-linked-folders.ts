import { join } from 'node:path';
import { RotaError } from '../../errors.ts';
import type { Repository } from '../../store/repository.ts';
import type { System } from '../../system/ports.ts';

/**
 * Rota writes into its own folders and deletes what is old in them: a symbolic link in their place, which an agent can leave,
 * would make it do that to somebody else's.
 *
 * @throws RotaError `repository` that names the link
 */
export async function refuseLinkedFolders(
  { files }: System,
  { rotaDir, cacheDir }: Repository,
): Promise<void> {
  for (const folder of [rotaDir, cacheDir]) {
    if ((await files.facts(folder))?.kind === 'link') throw linked(folder);
    const link = (await files.list(folder)).find(({ kind }) => kind === 'link');
    if (link !== undefined) throw linked(join(folder, link.name));
  }
}

function linked(path: string): RotaError {
  return new RotaError(
    'repository',
    `${path} is a symbolic link: rota writes and deletes there and follows no link.`,
    `If what is behind it is rota's, move it back in the link's place; else rm '${path.replaceAll("'", "'\\''")}'`,
  );
}
