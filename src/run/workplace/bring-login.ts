import { dirname, join } from 'node:path';
import type { Files } from '../../system/ports.ts';
import { copyTree } from '../gate/copy-tree.ts';

/**
 * Copies what logs a client in from one HOME into another; what is not there is left out. Copies, because clients obey what is in
 * these files: what an isolated agent writes there must never reach the person's own.
 *
 * @param login paths below HOME
 */
export async function bringLogin(
  files: Files,
  from: string,
  to: string,
  login: readonly string[],
): Promise<void> {
  if (from === '') return;
  for (const path of login) {
    const real = await files.realPath(join(from, path)).catch(() => null);
    if (real === null) continue;
    await files.makeFolder(dirname(join(to, path)));
    await copyTree(files, real, join(to, path), { existing: 'keep' });
  }
}
