import type { Files } from '../../system/ports.ts';

/**
 * Tells whether a file is still the one that it was, without reading it: nobody but the system sets when it last changed. Of a
 * folder only that it is one. `gone`: nothing is there.
 */
export async function stampOf(files: Files, path: string): Promise<string> {
  const facts = await files.facts(path);
  if (facts === null) return 'gone';
  const { kind, mode, size, mtimeMs, ctimeMs, ino } = facts;
  return kind === 'folder' ? kind : [kind, mode, size, mtimeMs, ctimeMs, ino].join(' ');
}
