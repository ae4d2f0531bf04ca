import { Buffer, isUtf8 } from 'node:buffer';

const MOST_BYTES = 1024 * 1024;

/** A task file's bytes as text, or what is wrong with them. Every byte survives: the text encodes back to the same. */
export function decodeTaskFile(
  bytes: Uint8Array,
): { readonly text: string } | { readonly line: number; readonly message: string } {
  if (bytes.length > MOST_BYTES) {
    return { line: 1, message: `the file has ${bytes.length} bytes; a task file has at most 1 MiB` };
  }
  const nul = bytes.indexOf(0);
  if (nul !== -1) return { line: lineOfByte(bytes, nul), message: 'a NUL byte; a task file is UTF-8 text' };
  // Faster than a TextDecoder for each of ten thousand files.
  if (!isUtf8(bytes)) return { line: firstBadLine(bytes), message: 'not UTF-8; save the file as UTF-8 text' };
  return { text: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8') };
}

/** Only for the message: a line break is never part of a longer UTF-8 sequence, so lines can be tried one by one. */
function firstBadLine(bytes: Uint8Array): number {
  let line = 1;
  for (let start = 0; start < bytes.length; line += 1) {
    const found = bytes.indexOf(10, start);
    const end = found === -1 ? bytes.length : found;
    if (!isUtf8(bytes.subarray(start, end))) return line;
    start = end + 1;
  }
  return 1;
}

function lineOfByte(bytes: Uint8Array, at: number): number {
  let line = 1;
  for (let i = bytes.indexOf(10); i !== -1 && i < at; i = bytes.indexOf(10, i + 1)) line += 1;
  return line;
}
