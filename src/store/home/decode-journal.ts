import { dirname, isAbsolute, join, resolve } from 'node:path';
import { isRefName } from '../refs/ref-name.ts';
import type { Repository } from '../repository.ts';
import type { RefChange } from '../shared-refs.ts';
import { isCheckoutPath, type PathChange, type TreeEntry } from './diff-paths.ts';
import type { Journal, MovedCheckout } from './journal.ts';
import type { Owner } from './owner.ts';

/**
 * Reads a journal's text, and believes nothing: a replay removes, renames and writes what a journal names. All of it is inside
 * the repository's checkouts and below git dirs of the repository, ids are ids, refs are refs. Pure; whether a checkout is one of
 * the repository's is for `doubtAbout`.
 *
 * @returns null for a journal that is damaged, forged, or of a newer rota
 */
export function decodeJournal(repository: Repository, text: string): Journal | null {
  const value = parsed(text);
  return isRecord(value) && value['v'] === 1 && isJournal(repository, value) ? value : null;
}

/** The same for what a move leaves beside the old files that it holds: its journal at that time, and the checkout's root. */
export function decodeManifest(repository: Repository, text: string): (Journal & { root: string }) | null {
  const value = parsed(text);
  if (!isRecord(value) || value['v'] !== 1 || !isFolder(value['root'])) return null;
  return isJournal(repository, value) ? { ...value, root: value['root'] } : null;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

type Loose = Record<string, unknown>;

function isJournal(repository: Repository, value: Loose): value is Loose & Journal {
  const { move, generation, since, owner, ref, refs, finished, checkouts, changes } = value;
  return (
    typeof move === 'string' &&
    /^[A-Za-z0-9_-]{1,60}\.[A-Za-z0-9_-]{1,60}$/.test(move) &&
    Number.isSafeInteger(generation) &&
    (generation as number) >= 0 &&
    (since === null || typeof since === 'number') &&
    isOwner(owner) &&
    isRefName(ref) &&
    ref.startsWith('refs/heads/') &&
    isOid(value['old']) &&
    isOid(value['new']) &&
    isListOf(refs, isRefChange) &&
    typeof finished === 'boolean' &&
    isListOf(checkouts, (item): item is MovedCheckout => isMovedCheckout(repository, item, move)) &&
    isListOf(changes, isPathChange)
  );
}

function isOwner(value: unknown): value is Owner {
  return (
    isRecord(value) &&
    ['machine', 'boot', 'pidNamespace', 'started'].every((key) => typeof value[key] === 'string') &&
    Number.isSafeInteger(value['pid'])
  );
}

function isRefChange(value: unknown): value is RefChange {
  return (
    isRecord(value) &&
    isRefName(value['ref']) &&
    ['from', 'to'].every((key) => value[key] === null || isOid(value[key]))
  );
}

/** The folders of a move are where every move has them, so that nothing else can be named. */
function isMovedCheckout(repository: Repository, value: unknown, move: string): value is MovedCheckout {
  if (!isRecord(value)) return false;
  const { path, gitDir, admin, holding, fileMode } = value;
  if (!isFolder(path) || !isFolder(gitDir)) return false;
  const first = !repository.bare && gitDir === repository.gitDir;
  const linked = dirname(gitDir) === join(repository.gitDir, 'worktrees');
  return (
    (first || linked) &&
    admin === join(gitDir, 'rota-aside', move) &&
    (holding === admin || holding === join(path, '.rota-aside', move)) &&
    typeof fileMode === 'boolean'
  );
}

function isPathChange(value: unknown): value is PathChange {
  if (!isRecord(value) || typeof value['path'] !== 'string' || !isCheckoutPath(value['path'])) return false;
  const { old, new: next } = value;
  return isEntryOrNull(old) && isEntryOrNull(next) && (old !== null || next !== null);
}

function isEntryOrNull(value: unknown): value is TreeEntry | null {
  if (value === null) return true;
  return (
    isRecord(value) && isOid(value['oid']) && ['100644', '100755', '120000'].includes(String(value['mode']))
  );
}

function isOid(value: unknown): value is string {
  return typeof value === 'string' && /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(value);
}

/** An absolute path without `.`, `..` or NUL. */
function isFolder(value: unknown): value is string {
  return typeof value === 'string' && isAbsolute(value) && resolve(value) === value && !value.includes('\0');
}

function isRecord(value: unknown): value is Loose {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isListOf<T>(value: unknown, is: (item: unknown) => item is T): value is T[] {
  return Array.isArray(value) && value.every(is);
}
