import { constants, promises as fs, type Stats } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { RotaError } from '../errors.ts';
import { readBelow, writeBelow } from './below.ts';
import type { FileFacts, Files } from './ports.ts';
import { readPart } from './read-part.ts';

const HINTS: Record<string, string> = {
  ENOSPC: 'The disk is full: free some space and run it again.',
  EDQUOT: 'The disk quota is used up: free some space and run it again.',
  EROFS: 'The file system is read-only: make it writable.',
  EACCES: 'Permission is denied: check who owns the folder.',
  EPERM: 'The operation is not permitted: check who owns the folder.',
  EIO: 'The disk reports an input/output error: check the disk.',
  EMFILE: 'Too many files are open: raise the limit (ulimit -n).',
};

/** Of making one folder while others make and remove it. */
const FOLDER_TRIES = 1000;

/** The real file system. */
export function realFiles(): Files {
  const files: Files = {
    read: (path) => fs.readFile(path),
    readBelow,
    readPart,
    writeBelow,
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
    room: async (folder) => {
      const { bavail, bsize, files, ffree } = await fs.statfs(folder);
      return { bytes: bavail * bsize, files: files === 0 ? null : ffree };
    },
    temporaryFolder: (prefix) => fs.mkdtemp(join(tmpdir(), prefix)),
  };
  return explained(files);
}

/**
 * Step by step: node's own `recursive` never ends below /proc, and calls a read-only file system ENOENT. What stands in
 * the way is the surroundings' failure, no answer.
 */
async function makeFolder(path: string): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      await fs.mkdir(path);
      return;
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      const there = code === 'EEXIST' ? await kindThere(path) : null;
      if (there === 'folder') return;
      // Others make and remove the same folders: what was just there may be gone, and the other way round.
      const again = code === 'EEXIST' ? there === null : code === 'ENOENT' && dirname(path) !== path;
      if (!again || tries === FOLDER_TRIES) throw inTheWay(path, error);
      if (code === 'ENOENT' && (await kindThere(dirname(path))) !== 'folder') await makeFolder(dirname(path));
    }
  }
}

/** What is at a path; a link counts as what it leads to, if that is there. */
async function kindThere(path: string): Promise<FileFacts['kind'] | null> {
  const stat = await fs.lstat(path).catch(nothing);
  if (stat === null || !stat.isSymbolicLink()) return stat === null ? null : kindOf(stat);
  const target = await fs.stat(path).catch(nothing);
  return target === null ? 'link' : kindOf(target);
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
    ctimeMs: stat.ctimeMs,
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
