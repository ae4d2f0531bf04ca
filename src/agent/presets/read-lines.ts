/** Output in lines, whatever the pieces are that it arrives in. */
export interface LineReader {
  add(chunk: Buffer): void;
  /** Nothing more comes: what is left without a line break is a line too. */
  end(): void;
}

export interface LineListener {
  line(text: string): void;
  /** A line of so many bytes was longer than the bound, and is not held; how it began. */
  dropped(bytes: number, start: string): void;
}

const NEWLINE = 0x0a;
const MOST_START = 200;

/**
 * Splits bytes into lines at `\n` (a `\r` before it goes too) and decodes each as a whole, so that no character is torn.
 * A line over `most` bytes is not kept in memory and only counted.
 */
export function readLines(listener: LineListener, most = 1024 * 1024): LineReader {
  let held: Buffer[] = [];
  let size = 0;
  let start: string | null = null;

  function keep(piece: Buffer): void {
    size += piece.length;
    if (size <= most) {
      // A copy: a view would keep the whole chunk alive for the sake of a few bytes.
      if (piece.length > 0) held.push(Buffer.from(piece));
    } else if (start === null) {
      start = Buffer.concat([...held, piece.subarray(0, MOST_START)])
        .subarray(0, MOST_START)
        .toString('utf8');
      held = [];
    }
  }

  function finish(): void {
    const [bytes, began] = [size, start];
    const line = Buffer.concat(held).toString('utf8');
    held = [];
    size = 0;
    start = null;
    if (began !== null) listener.dropped(bytes, began);
    else listener.line(line.endsWith('\r') ? line.slice(0, -1) : line);
  }

  return {
    add: (chunk) => {
      let from = 0;
      for (let at = chunk.indexOf(NEWLINE); at !== -1; at = chunk.indexOf(NEWLINE, from)) {
        keep(chunk.subarray(from, at));
        finish();
        from = at + 1;
      }
      keep(chunk.subarray(from));
    },
    end: () => {
      if (size > 0) finish();
    },
  };
}
