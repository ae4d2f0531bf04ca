import type { GitObject } from './ports.ts';

/** What `git cat-file --batch-command` was asked about each name. */
export type ObjectQuestion = 'contents' | 'info';

/**
 * Cuts the output of `git cat-file --batch-command` into answers, in order.
 *
 * @param next what the next answer is about; it tells whether bytes follow its first line
 * @param onAnswer called with each; null: there is no such object
 */
export function objectAnswers(
  next: () => ObjectQuestion,
  onAnswer: (answer: GitObject | null) => void,
): (chunk: Buffer) => void {
  let head: Buffer[] = [];
  let body: { readonly object: Omit<GitObject, 'content'>; readonly pieces: Buffer[]; left: number } | null =
    null;

  function firstLine(line: string): void {
    const object = parseHead(line);
    if (object === null) onAnswer(null);
    else if (next() === 'info') onAnswer({ ...object, content: EMPTY });
    // A line break follows the bytes.
    else body = { object, pieces: [], left: object.size + 1 };
  }

  return (chunk) => {
    for (let at = 0; at < chunk.length; ) {
      if (body === null) {
        const end = chunk.indexOf(10, at);
        head.push(chunk.subarray(at, end < 0 ? chunk.length : end));
        if (end < 0) return;
        const line = Buffer.concat(head).toString('latin1');
        head = [];
        at = end + 1;
        firstLine(line);
        continue;
      }
      const piece: Buffer = chunk.subarray(at, at + body.left);
      body.pieces.push(piece);
      body.left -= piece.length;
      at += piece.length;
      if (body.left > 0) continue;
      const { object, pieces } = body;
      const bytes = pieces.length === 1 ? piece : Buffer.concat(pieces);
      body = null;
      onAnswer({ ...object, content: bytes.subarray(0, object.size) });
    }
  };
}

const EMPTY = Buffer.alloc(0);

/** `<oid> <type> <size>`; anything else (`<name> missing`, `… ambiguous`) is no object. */
function parseHead(line: string): Omit<GitObject, 'content'> | null {
  const found = /^([0-9a-f]{40}|[0-9a-f]{64}) ([a-z]+) (\d+)$/.exec(line);
  return found === null ? null : { oid: found[1]!, type: found[2]!, size: Number(found[3]) };
}
