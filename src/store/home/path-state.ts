import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { Files } from '../../system/ports.ts';
import type { TreeEntry } from './diff-paths.ts';

/** What is at a path of a checkout right now. `oid`: of the raw bytes (of a link: its target), without any conversion. */
export type PathState =
  | { readonly kind: 'absent' }
  | { readonly kind: 'file'; readonly executable: boolean; readonly oid: string }
  | { readonly kind: 'link'; readonly oid: string }
  | { readonly kind: 'folder' }
  | { readonly kind: 'other' };

export type ObjectFormat = 'sha1' | 'sha256';

/** Looks at one path and hashes what is there. Links are not followed. */
export async function lookAt(files: Files, path: string, format: ObjectFormat): Promise<PathState> {
  const facts = await files.facts(path);
  if (facts === null) return { kind: 'absent' };
  switch (facts.kind) {
    case 'file':
      return readAsFile(files, path, format, (facts.mode & 0o100) !== 0);
    case 'link':
      return { kind: 'link', oid: blobId(Buffer.from(await files.readLink(path)), format) };
    case 'folder':
    case 'other':
      return { kind: facts.kind };
    default:
      return facts.kind satisfies never;
  }
}

/** Whether `state` is what the tree says. `fileMode` false (core.fileMode): the executable bit means nothing there. */
export function isEntry(state: PathState, entry: TreeEntry | null, fileMode: boolean): boolean {
  if (entry === null) return state.kind === 'absent';
  if (entry.mode === '120000') return state.kind === 'link' && state.oid === entry.oid;
  return (
    state.kind === 'file' &&
    state.oid === entry.oid &&
    (!fileMode || state.executable === (entry.mode === '100755'))
  );
}

/** The first part of `path`'s folders that is there and is no real folder (a file, a link), or null. */
export async function brokenParent(files: Files, root: string, path: string): Promise<string | null> {
  const parts = path.split('/').slice(0, -1);
  let sofar = '';
  for (const part of parts) {
    sofar = sofar === '' ? part : `${sofar}/${part}`;
    const facts = await files.facts(join(root, sofar));
    if (facts === null) return null;
    if (facts.kind !== 'folder') return sofar;
  }
  return null;
}

async function readAsFile(
  files: Files,
  path: string,
  format: ObjectFormat,
  executable: boolean,
): Promise<PathState> {
  try {
    const bytes = await files.readIfThere(path);
    return bytes === null ? { kind: 'absent' } : { kind: 'file', executable, oid: blobId(bytes, format) };
  } catch (error) {
    // Replaced by a folder between the two calls.
    if ((error as NodeJS.ErrnoException).code === 'EISDIR') return { kind: 'folder' };
    throw error;
  }
}

function blobId(bytes: Uint8Array, format: ObjectFormat): string {
  return createHash(format).update(`blob ${bytes.length}\0`).update(bytes).digest('hex');
}
