import { constants, promises as fs } from 'node:fs';
import { join, sep } from 'node:path';

const { O_CREAT, O_DIRECTORY, O_EXCL, O_NOFOLLOW, O_NONBLOCK, O_RDONLY, O_WRONLY } = constants;

/**
 * Reads a file below `root`, whatever somebody else does to the folders meanwhile: each part of the path is opened below the
 * one before, and no link is followed. Where the system has no /proc it is checked part by part instead.
 *
 * @throws ELOOP or ENOTDIR for a link on the way, ENOENT, EISDIR for what is no plain file, EFBIG over `most` bytes
 */
export async function readBelow(root: string, path: string, most: number): Promise<Buffer> {
  return at(root, path, false, async (place) => {
    // Never waits for the other end of a pipe.
    const file = await fs.open(place, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
    try {
      const stat = await file.stat();
      if (!stat.isFile()) throw coded('EISDIR', path);
      const buffer = Buffer.alloc(Math.min(stat.size, most) + 1);
      let size = 0;
      for (let read = -1; read !== 0 && size < buffer.length; size += read)
        read = (await file.read(buffer, size, buffer.length - size)).bytesRead;
      if (size > most) throw coded('EFBIG', path);
      return buffer.subarray(0, size);
    } finally {
      await file.close();
    }
  });
}

/** Writes a file below `root` in the same way; folders on the way are made, and another name of the same file keeps its content. */
export async function writeBelow(root: string, path: string, data: string | Uint8Array): Promise<void> {
  await at(root, path, true, async (place) => {
    let file = await fs.open(place, O_WRONLY | O_CREAT | O_NOFOLLOW | O_NONBLOCK, 0o666);
    try {
      const stat = await file.stat();
      if (!stat.isFile()) throw coded('EISDIR', path);
      if (stat.nlink > 1) {
        await file.close();
        await fs.unlink(place);
        file = await fs.open(place, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, stat.mode & 0o777);
      }
      await file.truncate(0);
      await file.writeFile(data);
    } finally {
      await file.close();
    }
  });
}

/** Calls `act` with a path of the last part that cannot lead elsewhere. */
async function at<T>(
  root: string,
  path: string,
  make: boolean,
  act: (place: string) => Promise<T>,
): Promise<T> {
  const parts = path.split(sep);
  if (parts.some((part) => part === '' || part === '.' || part === '..')) throw coded('EINVAL', path);
  const hasProc = process.platform === 'linux';
  let folder = await fs.open(root, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
  let name = root;
  const inside = (part: string) => (hasProc ? `/proc/self/fd/${folder.fd}/${part}` : join(name, part));
  try {
    // A folder above it may have become a link since its real path was looked up.
    if (hasProc && (await fs.readlink(`/proc/self/fd/${folder.fd}`)) !== root) throw coded('ELOOP', path);
    for (const part of parts.slice(0, -1)) {
      const next = await openFolder(inside(part), make);
      await folder.close();
      folder = next;
      name = join(name, part);
    }
    return await act(inside(parts.at(-1)!));
  } finally {
    await folder.close();
  }
}

async function openFolder(path: string, make: boolean): Promise<fs.FileHandle> {
  const flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW;
  try {
    return await fs.open(path, flags);
  } catch (error) {
    if (!make || (error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    await fs.mkdir(path).catch(unlessThere);
    return fs.open(path, flags);
  }
}

function unlessThere(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EEXIST') throw error;
}

function coded(code: string, path: string): Error {
  return Object.assign(new Error(`${code}: ${path}`), { code });
}
