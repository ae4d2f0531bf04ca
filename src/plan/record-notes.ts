import type { AttemptNote } from './record.ts';

const MOST_NOTES = 3;
const MOST_BYTES = 4096;
const CUT = '\n… (cut) …\n';

/**
 * The notes with one more, the oldest dropped beyond three. A run that did not count replaces the note of the one just
 * before that ended the same way: a remote that is away for a day must not push out what real attempts found.
 */
export function addNote(notes: readonly AttemptNote[], note: AttemptNote, counts: boolean): AttemptNote[] {
  const repeated = !counts && notes.at(-1)?.outcome === note.outcome;
  const kept = repeated ? notes.slice(0, -1) : notes;
  return [...kept, { ...note, text: clip(note.text) }].slice(-MOST_NOTES);
}

/** One note from what is known, at most 4 KiB of UTF-8: long output keeps its start and, mostly, its end. */
export function noteText(parts: readonly (string | null)[]): string {
  const given = parts.filter((part) => part !== null && part.trim() !== '');
  return clip(given.join('\n'));
}

function clip(text: string): string {
  const bytes = Buffer.from(text, 'utf8');
  if (bytes.length <= MOST_BYTES) return text;
  const head = 1024;
  const tail = MOST_BYTES - head - Buffer.byteLength(CUT);
  const end = bytes.subarray(toBoundary(bytes, bytes.length - tail));
  return `${bytes.subarray(0, fromBoundary(bytes, head)).toString('utf8')}${CUT}${end.toString('utf8')}`;
}

/** The start of the next whole character at or after `at`: a cut through one would become a replacement character. */
function toBoundary(bytes: Buffer, at: number): number {
  let start = at;
  while (start < bytes.length && (bytes[start]! & 0xc0) === 0x80) start += 1;
  return start;
}

/** The end of the last whole character before `at`. */
function fromBoundary(bytes: Buffer, at: number): number {
  let end = at;
  while (end > 0 && (bytes[end]! & 0xc0) === 0x80) end -= 1;
  return end;
}
