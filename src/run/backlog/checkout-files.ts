import { join } from 'node:path';
import type { Files } from '../../system/ports.ts';

/** A file below `backlog/` in a checkout, as it is there now. */
export interface CheckoutFile {
  /** From the checkout's root, `/` separated. */
  readonly file: string;
  /** Null: a symbolic link, which no task file may be, or a name that is not UTF-8. */
  readonly bytes: Buffer | null;
}

const AT_ONCE = 64;

/** The markdown files of a folder of a checkout and the folders below it, by path. Links are named, never followed. */
export async function readCheckoutFiles(files: Files, root: string, folder: string): Promise<CheckoutFile[]> {
  const facts = await files.facts(join(root, folder));
  if (facts !== null && facts.kind !== 'folder') return [{ file: folder, bytes: null }];
  const found = await listMarkdown(files, root, folder);
  const read: CheckoutFile[] = [];
  for (let at = 0; at < found.length; at += AT_ONCE) {
    const some = found.slice(at, at + AT_ONCE).map(async ({ file, link }) => {
      // Deleted since it was listed: not there.
      const bytes = link ? null : await files.readIfThere(join(root, file));
      return link || bytes !== null || file.includes('\ufffd') ? [{ file, bytes }] : [];
    });
    read.push(...(await Promise.all(some)).flat());
  }
  return read;
}

async function listMarkdown(
  files: Files,
  root: string,
  folder: string,
): Promise<{ file: string; link: boolean }[]> {
  const found: { file: string; link: boolean }[] = [];
  const entries = await files.list(join(root, folder));
  for (const { name, kind } of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const file = `${folder}/${name}`;
    if (kind === 'folder') found.push(...(await listMarkdown(files, root, file)));
    else if (name.endsWith('.md') && (kind === 'file' || kind === 'link'))
      found.push({ file, link: kind === 'link' });
  }
  return found;
}
