import type { Files } from '../system/ports.ts';

const MiB = 1024 * 1024;

/** Bytes of a program's output that are kept on disk. */
export interface LogCap {
  readonly head: number;
  readonly tail: number;
}

/** Output of a program: bounded on disk and in memory, whatever the program writes. */
export interface CappedLog {
  add(chunk: Buffer): void;
  /** The end of what was added so far, at most 64 KiB. */
  tail(): string;
  /** Finishes the file. Throws what writing threw (RotaError `files` for a full disk). */
  close(): Promise<void>;
}

const IN_MEMORY = 64 * 1024;
const PER_WRITE = MiB;

/**
 * Opens a log that keeps the first 1 MiB and the last 9 MiB. While it is open, `path` holds the beginning, and `path.0` and
 * `path.1` take turns with the end, each half of the tail; closing appends them to `path`, with a line that says how
 * much is missing between, and removes them. Output that comes faster than the disk takes it counts as missing too.
 */
export async function openCappedLog(
  files: Files,
  path: string,
  cap: LogCap = { head: MiB, tail: 9 * MiB },
): Promise<CappedLog> {
  await files.write(path, '');
  const half = Math.floor(cap.tail / 2);
  const recent = pieces();
  const head = pieces();
  const tail = pieces();
  const parts = [`${path}.0`, `${path}.1`] as const;
  let headRoom = cap.head;
  let current: 0 | 1 = 0;
  const sizes: [number, number] = [0, 0];
  let missing = 0;
  /** Pieces were dropped before they were written: what the parts hold is older, and no end of the output any more. */
  let torn = false;
  let writing: Promise<void> | null = null;
  let failure: { error: unknown } | null = null;

  function add(chunk: Buffer): void {
    recent.push(chunk);
    recent.shrinkTo(IN_MEMORY);
    const first = chunk.subarray(0, headRoom);
    headRoom -= first.length;
    if (first.length > 0) head.push(first);
    if (first.length < chunk.length) tail.push(chunk.subarray(first.length));
    const dropped = tail.shrinkTo(half);
    missing += dropped;
    if (dropped > 0) torn = true;
    if (writing === null && failure === null && head.size + tail.size > 0) writing = write();
  }

  async function write(): Promise<void> {
    try {
      while (failure === null && head.size + tail.size > 0) {
        if (head.size > 0) await files.append(path, head.take(PER_WRITE));
        else await appendToTail(tail.take(Math.min(PER_WRITE, Math.max(1, half))));
      }
    } catch (error) {
      failure = { error };
    }
    writing = null;
  }

  async function appendToTail(data: Buffer): Promise<void> {
    if (torn) await startOver();
    if (sizes[current] + data.length > half) {
      current = current === 0 ? 1 : 0;
      missing += sizes[current];
      sizes[current] = 0;
      await files.write(parts[current], '');
    }
    await files.append(parts[current], data);
    sizes[current] += data.length;
  }

  async function startOver(): Promise<void> {
    torn = false;
    for (const at of [0, 1] as const) {
      missing += sizes[at];
      sizes[at] = 0;
      await files.write(parts[at], '');
    }
  }

  async function close(): Promise<void> {
    while (writing !== null) await writing;
    if (failure !== null) throw failure.error;
    if (missing > 0) await files.append(path, `\n[… ${missing} bytes left out …]\n`);
    for (const part of [parts[current === 0 ? 1 : 0], parts[current]]) {
      const kept = await files.readIfThere(part);
      if (kept === null) continue;
      await files.append(path, kept);
      await files.removeFile(part);
    }
  }

  return { add, tail: () => recent.all().subarray(-IN_MEMORY).toString('utf8'), close };
}

/** A queue of buffers. */
function pieces() {
  const list: Buffer[] = [];
  let size = 0;
  return {
    get size() {
      return size;
    },
    push(chunk: Buffer): void {
      list.push(chunk);
      size += chunk.length;
    },
    /** Drops whole pieces from the front while at least `limit` bytes stay; returns how many bytes went. */
    shrinkTo(limit: number): number {
      const before = size;
      while (list.length > 0 && size - list[0]!.length >= limit) size -= list.shift()!.length;
      return before - size;
    },
    /** Takes up to `limit` bytes from the front. */
    take(limit: number): Buffer {
      const taken: Buffer[] = [];
      for (let room = Math.min(limit, size); room > 0; ) {
        const piece = list[0]!.subarray(0, room);
        if (piece.length < list[0]!.length) list[0] = list[0]!.subarray(piece.length);
        else list.shift();
        taken.push(piece);
        room -= piece.length;
        size -= piece.length;
      }
      return Buffer.concat(taken);
    },
    all: (): Buffer => Buffer.concat(list),
  };
}
