import { isAbsolute, join, resolve } from 'node:path';
import type { Files } from '../../system/ports.ts';

/** Where else objects of the repository are, each with those that it names itself. */
export async function alternates(files: Files, objects: string, depth = 0): Promise<string[]> {
  const text = (await files.readIfThere(join(objects, 'info', 'alternates')))?.toString('utf8') ?? '';
  const found = text
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => (isAbsolute(line) ? line : resolve(objects, line)));
  const there: string[] = [];
  for (const at of found) {
    if ((await files.realPath(at).catch(() => null)) === null) continue;
    there.push(at, ...(depth < 5 ? await alternates(files, at, depth + 1) : []));
  }
  return there;
}
