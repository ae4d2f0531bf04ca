/** Output in lines, whatever the pieces are that it arrives in. */
export interface LineReader {
  add(chunk: Buffer): void;
  /** Nothing more comes: what is left without a line break is a line too. */
  end(): void;
}

export interface LineListener {
  line(text: string): void;
  /** A line of so many bytes was longer than the bound, and is not held. */
  dropped(bytes: number): void;
}

const NEWLINE = 0x0a;

/**
 * Splits bytes into lines at `\n` (a `\r` before it goes too) and decodes each as a whole, so that no character is torn.
 * A line over `most` bytes is not kept in memory and only counted.
 */
export function readLines(listener: LineListener, most = 1024 * 1024): LineReader {
  let held: Buffer[] = [];
  let size = 0;

  function keep(piece: Buffer): void {
    size += piece.length;
    if (size > most) held = [];
    // A copy: a view would keep the whole chunk alive for the sake of a few bytes.
    else if (piece.length > 0) held.push(Buffer.from(piece));
  }

  function finish(): void {
    const bytes = size;
    const line = Buffer.concat(held).toString('utf8');
    held = [];
    size = 0;
    if (bytes > most) listener.dropped(bytes);
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
