import { join } from 'node:path';
import type { Files } from '../../system/ports.ts';

export interface CopyOptions {
  /** What to do with a file that is there already. */
  readonly existing: 'fail' | 'keep';
  /** Targets of symbolic links, as they are in the source; default: unchanged. */
  readonly linkTarget?: (target: string) => string;
}

const AT_ONCE = 32;

/**
 * Copies a file, link or folder with everything in it: by reflink where the file system can, else by bytes, never by a link
 * to the source. Modes and symbolic links stay; sockets and devices are left out.
 *
 * @returns how many files, links and folders there are at the source
 */
export async function copyTree(
  files: Files,
  from: string,
  to: string,
  options: CopyOptions,
): Promise<number> {
  const facts = await files.facts(from);
  if (facts === null) throw Object.assign(new Error(`${from} is not there`), { code: 'ENOENT' });
  const modes: { path: string; mode: number }[] = [];
  const copies: { from: string; to: string; kind: 'file' | 'link' }[] = [];
  if (facts.kind === 'folder') await listFolder(from, to);
  else if (facts.kind !== 'other') copies.push({ from, to, kind: facts.kind });

  async function listFolder(source: string, target: string): Promise<void> {
    await files.makeFolder(target);
    const mode = (await files.facts(source))?.mode;
    if (mode !== undefined) modes.push({ path: target, mode });
    for (const { name, kind } of await files.list(source)) {
      const pair = { from: join(source, name), to: join(target, name) };
      if (kind === 'folder') await listFolder(pair.from, pair.to);
      else if (kind !== 'other') copies.push({ ...pair, kind });
    }
  }

  const left = copies.values();
  await Promise.all(Array.from({ length: AT_ONCE }, () => copyFrom(files, left, options)));
  // Afterwards and from the inside out: nothing can be put into a read-only folder.
  for (const { path, mode } of modes.reverse()) await files.chmod(path, mode);
  return modes.length + copies.length;
}

async function copyFrom(
  files: Files,
  left: Iterator<{ from: string; to: string; kind: 'file' | 'link' }>,
  options: CopyOptions,
): Promise<void> {
  for (let next = left.next(); !next.done; next = left.next()) {
    const { from, to, kind } = next.value;
    try {
      if (kind === 'file') await files.copyFile(from, to);
      else await files.symlink((options.linkTarget ?? same)(await files.readLink(from)), to);
    } catch (error) {
      if (options.existing === 'fail' || (error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
}

function same(target: string): string {
  return target;
}
