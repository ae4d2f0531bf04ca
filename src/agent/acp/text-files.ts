import { basename, dirname } from 'node:path';
import { type Place, whyNotChange, whyNotLook } from '../../plan/permission.ts';
import type { Files } from '../../system/ports.ts';
import { type Ground, placeOf } from './places.ts';

/** Bytes of one file that an agent reads or writes through rota. */
const LARGEST = 8 * 1024 * 1024;

export interface TextRange {
  readonly path: string;
  /** The first line, from 1. */
  readonly line?: number | null | undefined;
  /** Most lines. */
  readonly limit?: number | null | undefined;
}

/** `reason` is a sentence for the agent. `denied`: the contract or the folder is why, not what is or is not there. */
export interface FileRefusal {
  readonly kind: 'denied' | 'missing' | 'failed';
  readonly reason: string;
}

/** Reads a text file for an agent: in its folder only, whatever links say. */
export async function readTextFile(
  files: Files,
  ground: Ground,
  range: TextRange,
): Promise<FileRefusal | { readonly kind: 'read'; readonly text: string }> {
  const place = await placeOf(files, ground, range.path);
  const reason = whyNotLook(place);
  if (reason !== null) return denied(range.path, reason);
  try {
    const bytes = await files.readBelow(...doorOf(ground, place), LARGEST);
    return { kind: 'read', text: linesOf(bytes.toString('utf8'), range) };
  } catch (error) {
    return failed(range.path, error);
  }
}

/** Writes a text file for an agent: in its folder and as far as its role may edit it, or its result. */
export async function writeTextFile(
  files: Files,
  ground: Ground,
  { path: asked, content }: { readonly path: string; readonly content: string },
  mayEdit: (path: string) => boolean,
): Promise<FileRefusal | { readonly kind: 'written' }> {
  if (Buffer.byteLength(content) > LARGEST) return failed(asked, { code: 'EFBIG' });
  const place = await placeOf(files, ground, asked);
  const reason = whyNotChange(place, mayEdit);
  if (reason !== null) return denied(asked, reason);
  try {
    await files.writeBelow(...doorOf(ground, place), content);
    return { kind: 'written' };
  } catch (error) {
    return failed(asked, error);
  }
}

/** Folder and path for a call that follows no link: between the look and the call everything may have changed. */
function doorOf({ root }: Ground, place: Place): readonly [string, string] {
  if (place.kind === 'own') return [dirname(place.path), basename(place.path)];
  if (place.kind === 'inside') return [root, place.path];
  throw new Error(`no door to what is ${place.kind}`);
}

function linesOf(text: string, { line, limit }: TextRange): string {
  if ((line ?? null) === null && (limit ?? null) === null) return text;
  const from = Math.max(0, (line ?? 1) - 1);
  const lines = text.split('\n');
  return lines.slice(from, limit === null || limit === undefined ? undefined : from + limit).join('\n');
}

function denied(path: string, reason: string): FileRefusal {
  return { kind: 'denied', reason: `${path}: ${reason}` };
}

function failed(path: string, error: unknown): FileRefusal {
  const code = (error as { code?: unknown }).code;
  return { kind: code === 'ENOENT' ? 'missing' : 'failed', reason: `${path}: ${inWords(code, error)}` };
}

function inWords(code: unknown, error: unknown): string {
  switch (code) {
    case 'ENOENT':
      return 'there is no such file';
    case 'EISDIR':
    case 'ENXIO':
    case 'EINVAL':
      return 'that is no plain file';
    case 'ELOOP':
    case 'ENOTDIR':
      return 'a part of the path is a link or no folder';
    case 'EFBIG':
      return `it has more than ${LARGEST / 1024 / 1024} MiB`;
    default:
      return error instanceof Error ? error.message : 'it cannot be opened';
  }
}
