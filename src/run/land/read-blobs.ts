import { readObjects } from '../../store/backlog/read-objects.ts';
import type { Project } from '../project/project.ts';

export interface ReadBlob {
  readonly size: number;
  /** Null: too large. */
  readonly bytes: Buffer | null;
}

const MIB = 1024 * 1024;
/** Larger blobs are not looked into, nor is what is beyond `all` of one branch: the smallest are read first. */
const LOOKED_INTO = { each: 16 * MIB, all: 64 * MIB };

/** Blobs by id, with their bytes as far as they are to be looked into. What is no blob is left out. */
export async function readBlobs(
  { system, repository }: Project,
  wanted: readonly (string | null)[],
): Promise<Map<string, ReadBlob>> {
  const ids = [...new Set(wanted.filter((id) => id !== null))];
  const known = await system.git.objects(repository.place, 'info', ids);
  const sizes = ids.flatMap((id, index) => {
    const found = known[index];
    return found?.type === 'blob' ? [{ id, size: found.size }] : [];
  });
  let all = 0;
  const small = [...sizes]
    .sort((a, b) => a.size - b.size)
    .filter(({ size }) => {
      all += size;
      return size <= LOOKED_INTO.each && all <= LOOKED_INTO.all;
    })
    .map(({ id }) => id);
  const read = await readObjects(system, repository.place, small);
  const bytes = new Map(small.map((id, index) => [id, read[index] ?? null]));
  return new Map(sizes.map(({ id, size }) => [id, { size, bytes: bytes.get(id) ?? null }]));
}

/** Null for a binary blob. */
export function textOf(blob: ReadBlob | undefined): string | null {
  return blob?.bytes == null || blob.bytes.includes(0) ? null : blob.bytes.toString('utf8');
}

/** A binary blob as text in which words can be looked for: UTF-16 is full of zeros and still somebody's text. */
export function binaryOf(blob: ReadBlob | undefined): string | null {
  if (blob?.bytes == null || !blob.bytes.includes(0)) return null;
  const { bytes } = blob;
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return bytes.toString('utf16le');
  if (bytes[0] === 0xfe && bytes[1] === 0xff && bytes.length % 2 === 0)
    return Buffer.from(bytes).swap16().toString('utf16le');
  return bytes.toString('latin1');
}
