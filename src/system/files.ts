import { constants, promises as fs, type Stats } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { RotaError } from '../errors.ts';
import type { FileFacts, Files } from './ports.ts';

const HINTS: Record<string, string> = {
  ENOSPC: 'The disk is full: free some space and run it again.',
  EDQUOT: 'The disk quota is used up: free some space and run it again.',
  EROFS: 'The file system is read-only: make it writable.',
  EACCES: 'Permission is denied: check who owns the folder.',
  EPERM: 'The operation is not permitted: check who owns the folder.',
  EIO: 'The disk reports an input/output error: check the disk.',
  EMFILE: 'Too many files are open: raise the limit (ulimit -n).',
};

/** The real file system. */
export function realFiles(): Files {
  const files: Files = {
    read: (path) => fs.readFile(path),
    readIfThere: (path) => fs.readFile(path).catch(nothing),
    list: async (path) => {
      const entries = await fs.readdir(path, { withFileTypes: true }).catch(nothing);
      return (entries ?? []).map((entry) => ({ name: entry.name, kind: kindOf(entry) }));
    },
    facts: async (path) => {
      const stat = await fs.lstat(path).catch(nothing);
      return stat === null ? null : factsOf(stat);
    },
    readLink: (path) => fs.readlink(path),
    realPath: (path) => fs.realpath(path),
    write: (path, data, options) =>
      fs.writeFile(path, data, { mode: options?.mode ?? 0o666, flag: options?.exclusive ? 'wx' : 'w' }),
    writeWhole: async (path, data) => {
      const beside = join(dirname(path), `.${basename(path)}.${process.pid}.new`);
      await fs.writeFile(beside, data, { flush: true });
      await fs.rename(beside, path);
    },
    append: (path, data) => fs.appendFile(path, data),
    makeFolder,
    rename: (from, to) => fs.rename(from, to),
    link: (from, to) => fs.link(from, to),
    symlink: (target, path) => fs.symlink(target, path),
    chmod: (path, mode) => fs.chmod(path, mode),
    copyFile: (from, to) => fs.copyFile(from, to, constants.COPYFILE_FICLONE | constants.COPYFILE_EXCL),
    removeFile: (path) => fs.unlink(path),
    removeFolder: (path) => fs.rmdir(path),
    removeTree: (path) => fs.rm(path, { recursive: true, force: true }),
    temporaryFolder: (prefix) => fs.mkdtemp(join(tmpdir(), prefix)),
  };
  return explained(files);
}

/**
 * Step by step: node's own `recursive` never ends below /proc, and calls a read-only file system ENOENT. What stands in
 * the way is the surroundings' failure, no answer.
 */
async function makeFolder(path: string): Promise<void> {
  try {
    await fs.mkdir(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST' && (await fs.stat(path).catch(nothing))?.isDirectory() === true) return;
    const above = dirname(path);
    if (code !== 'ENOENT' || above === path) throw inTheWay(path, error);
    // It may be there by now: somebody else is making the same folders. The second try tells.
    if ((await fs.stat(above).catch(nothing)) === null) await makeFolder(above);
    await fs.mkdir(path).catch((again: NodeJS.ErrnoException) => {
      if (again.code !== 'EEXIST') throw inTheWay(path, again);
    });
  }
}

function inTheWay(path: string, error: unknown): unknown {
  const { code = '' } = error as NodeJS.ErrnoException;
  if (code in HINTS) return error;
  const hint = `Make room for it, or move what is in its way: ${path}`;
  return new RotaError('files', `The folder ${path} cannot be made (${code}).`, hint, { cause: error });
}

/** Wraps every call so that failures of the surroundings become RotaError `files`; answers pass as they are. */
function explained(files: Files): Files {
  const wrapped = Object.entries(files).map(([name, call]) => [
    name,
    async (...args: unknown[]) => {
      try {
        return await (call as (...args: unknown[]) => Promise<unknown>)(...args);
      } catch (error) {
        const hint = HINTS[(error as NodeJS.ErrnoException).code ?? ''];
        if (hint === undefined) throw error;
        throw new RotaError('files', (error as Error).message, hint, { cause: error });
      }
    },
  ]);
  return Object.fromEntries(wrapped) as Files;
}

function nothing(error: NodeJS.ErrnoException): null {
  if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return null;
  throw error;
}

function factsOf(stat: Stats): FileFacts {
  return {
    kind: kindOf(stat),
    size: stat.size,
    mode: stat.mode & 0o7777,
    mtimeMs: stat.mtimeMs,
    ino: stat.ino,
    dev: stat.dev,
  };
}

function kindOf(entry: {
  isFile(): boolean;
  isDirectory(): boolean;
  isSymbolicLink(): boolean;
}): FileFacts['kind'] {
  if (entry.isFile()) return 'file';
  if (entry.isDirectory()) return 'folder';
  return entry.isSymbolicLink() ? 'link' : 'other';
}
