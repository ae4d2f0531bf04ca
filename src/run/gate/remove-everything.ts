import { join } from 'node:path';
import { RotaError } from '../../errors.ts';
import type { Files } from '../../system/ports.ts';

/** Removes a folder of rota's own in which other programs worked: folders that they made read-only too. */
export async function removeEverything(files: Files, folder: string): Promise<void> {
  try {
    await files.removeTree(folder);
  } catch (error) {
    // ENOTEMPTY: something was still writing.
    if (!(error instanceof RotaError) && (error as NodeJS.ErrnoException).code !== 'ENOTEMPTY') throw error;
    await makeWritable(files, folder);
    await files.removeTree(folder);
  }
}

async function makeWritable(files: Files, folder: string): Promise<void> {
  if ((await files.facts(folder))?.kind !== 'folder') return;
  await files.chmod(folder, 0o700);
  for (const { name, kind } of await files.list(folder)) {
    if (kind === 'folder') await makeWritable(files, join(folder, name));
  }
}
