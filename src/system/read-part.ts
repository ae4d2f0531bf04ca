import { constants, promises as fs } from 'node:fs';

const { O_NOFOLLOW, O_NONBLOCK, O_RDONLY } = constants;

/** At most `most` bytes of a plain file from `from` on, with its size; null when there is no such file. */
export async function readPart(
  path: string,
  from: number,
  most: number,
): Promise<{ size: number; data: Buffer } | null> {
  const file = await fs.open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK).catch(notThere);
  if (file === null) return null;
  try {
    const stat = await file.stat();
    if (!stat.isFile()) return null;
    const data = Buffer.alloc(Math.max(0, Math.min(most, stat.size - from)));
    const { bytesRead } = data.length === 0 ? { bytesRead: 0 } : await file.read(data, 0, data.length, from);
    return { size: stat.size, data: data.subarray(0, bytesRead) };
  } finally {
    await file.close();
  }
}

/** A link (ELOOP), and what only looks like a file (a socket: ENXIO), count as none. */
function notThere(error: NodeJS.ErrnoException): null {
  if (['ENOENT', 'ENOTDIR', 'ELOOP', 'ENXIO'].includes(error.code ?? '')) return null;
  throw error;
}
