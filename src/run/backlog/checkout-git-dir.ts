import { join, resolve } from 'node:path';
import type { Files } from '../../system/ports.ts';

/** The git dir (HEAD, index) of a checkout: its `.git` folder, or what its `.git` file names. */
export async function checkoutGitDir(files: Files, root: string): Promise<string> {
  const path = join(root, '.git');
  if ((await files.facts(path))?.kind !== 'file') return path;
  const text = (await files.read(path)).toString('utf8');
  return resolve(root, text.replace(/^gitdir: /, '').trimEnd());
}
