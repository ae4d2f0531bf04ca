import { join } from 'node:path';
import type { Files } from '../../system/ports.ts';

/** Ref -> object id. */
export type PrivateRefs = ReadonlyMap<string, string>;

const LARGEST_LIST = 64 * 1024 * 1024;
const LARGEST_REF = 1024;
const MOST_LOOSE = 20_000;

/** As git's `packed-refs`. */
export function formatPrivateRefs(refs: PrivateRefs): string {
  return [...refs].map(([ref, oid]) => `${oid} ${ref}\n`).join('');
}

export function parsePrivateRefs(text: string): PrivateRefs {
  const found = text.split('\n').map((line) => /^([0-9a-f]{40}|[0-9a-f]{64}) (refs\/[^\s]+)$/.exec(line));
  return new Map(found.flatMap((line) => (line === null ? [] : [[line[2] ?? '', line[1] ?? '']])));
}

/**
 * The refs of a git folder that an agent had to itself, read as plain files: git would obey the folder's settings. Links, pipes
 * and what is too large for a ref are no refs.
 */
export async function readPrivateRefs(files: Files, git: string): Promise<PrivateRefs> {
  const packed = await textOf(files, join(git, 'packed-refs'), LARGEST_LIST);
  const refs = new Map(parsePrivateRefs(packed ?? ''));
  if ((await files.facts(join(git, 'refs')))?.kind !== 'folder') return refs;
  const folders = ['refs'];
  for (let at = 0, seen = 0; at < folders.length; at++) {
    for (const { name, kind } of await files.list(join(git, folders[at]!))) {
      const ref = `${folders[at]}/${name}`;
      if (++seen > MOST_LOOSE) return refs;
      if (kind === 'folder') folders.push(ref);
      const oid = kind === 'file' ? (await textOf(files, join(git, ref), LARGEST_REF))?.trim() : undefined;
      if (oid !== undefined && /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(oid)) refs.set(ref, oid);
    }
  }
  return refs;
}

async function textOf(files: Files, path: string, most: number): Promise<string | null> {
  const facts = await files.facts(path);
  if (facts?.kind !== 'file' || facts.size > most) return null;
  return (await files.read(path)).toString('utf8');
}
