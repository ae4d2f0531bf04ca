import type { System } from '../../system/ports.ts';

/** Bytes that are read at once. */
const AT_ONCE = 1024 * 1024;
/** A longer line was not written by rota. */
const LONGEST = 256 * 1024;

/** The lines that are appended to a file. */
export interface FollowedLines {
  /** The whole lines since the last call; some of them, when there are very many. */
  next(): Promise<string[]>;
}

/**
 * Follows a file that somebody else appends to, reading only what is new. One that became shorter is read from its beginning. A
 * file that is not there yet has no lines.
 */
export function followLines({ files }: Pick<System, 'files'>, path: string): FollowedLines {
  let at = 0;
  let rest: Buffer = Buffer.alloc(0);
  /** Within a line that is too long. */
  let skipping = false;
  return {
    next: async () => {
      const part = await files.readPart(path, at, AT_ONCE);
      if (part === null) return [];
      if (part.size < at) {
        at = 0;
        rest = Buffer.alloc(0);
        return [];
      }
      at += part.data.length;
      const data = Buffer.concat([rest, part.data]);
      const end = data.lastIndexOf('\n');
      const lines = end === -1 ? [] : data.subarray(0, end).toString('utf8').split('\n');
      rest = data.subarray(end + 1);
      if (skipping && lines.length > 0) lines.shift();
      if (lines.length > 0 || end !== -1) skipping = false;
      if (rest.length > LONGEST) {
        rest = Buffer.alloc(0);
        skipping = true;
      }
      return lines.filter((line) => line !== '' && line.length <= LONGEST);
    },
  };
}
