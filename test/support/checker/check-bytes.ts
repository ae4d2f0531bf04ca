import { lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { worktreesOf } from './check-repository.ts';
import { blobId, type GitReader } from './git-reader.ts';

/** Bytes that somebody was told are saved; in the order of time. */
export interface Save {
  readonly path: string;
  /** blobId of the bytes; null: only what was there was given up. */
  readonly blob: string | null;
  /** The bytes that were there and that whoever saved meant to replace. */
  readonly replaced?: string | null;
  /** The file itself must still have these bytes. */
  readonly inPlace?: boolean;
  /** For the sentence: when, by whom. */
  readonly about?: string;
}

/**
 * Saves of a person in a checkout that are nowhere: not in the folder, the index, a commit of any ref, reflog or stash, nor
 * held aside by rota. What is only held aside must have been named.
 *
 * @param said everything that rota printed; null: not known, naming is not asked for
 */
export function checkSaves(reader: GitReader, saves: readonly Save[], said: string | null): string[] {
  const wrong: string[] = [];
  for (const { path, blob, about } of saves.filter(({ inPlace }) => inPlace))
    if (hashOf(join(reader.root, path)) !== blob)
      wrong.push(
        `${join(reader.root, path)} is not as it was saved${about === undefined ? '' : ` (${about})`}.`,
      );
  let missing = without(stillWanted(saves), reachable(reader, ['--all', '--reflog', '--indexed-objects']));
  if (missing.length > 0) missing = without(missing, onDisk([reader.root], ['.git', '.rota-aside']).keys());
  if (missing.length === 0) return wrong;
  const aside = onDisk([join(reader.gitDir, 'rota-aside'), join(reader.root, '.rota-aside')], []);
  for (const { path, blob, about } of missing) {
    const held = aside.get(blob);
    const what = `${join(reader.root, path)} (${blob.slice(0, 10)}${about === undefined ? '' : `, ${about}`})`;
    if (held === undefined) wrong.push(`A save of a person is lost: ${what}.`);
    else if (said !== null && !said.includes(held))
      wrong.push(`A save of a person is held aside and was never named: ${what} is ${held}.`);
  }
  return wrong;
}

/** Writes of agents that are in no commit of any ref of any repository, and in no worktree. */
export function checkWrites(readers: readonly GitReader[], writes: readonly Save[]): string[] {
  let missing = stillWanted(writes);
  for (const reader of readers) missing = without(missing, reachable(reader, ['--all']));
  if (missing.length > 0) {
    const roots = readers.flatMap((reader) => [...worktreesOf(reader), ...heldFolders(reader)]);
    missing = without(missing, onDisk(roots, ['.git']).keys());
  }
  return missing.map(
    ({ path, blob, about }) =>
      `Bytes of an agent are lost: ${path} (${blob.slice(0, 10)}${about === undefined ? '' : `, ${about}`}).`,
  );
}

interface Wanted {
  readonly path: string;
  readonly blob: string;
  readonly about?: string;
}

/** Without those that were replaced on purpose later. */
function stillWanted(saves: readonly Save[]): Wanted[] {
  const wanted = new Map<string, Wanted>();
  for (const { path, blob, replaced, about } of saves) {
    if (replaced) wanted.delete(`${path}\0${replaced}`);
    if (blob !== null)
      wanted.set(`${path}\0${blob}`, { path, blob, ...(about === undefined ? {} : { about }) });
  }
  return [...wanted.values()];
}

function without(wanted: readonly Wanted[], there: Iterable<string>): Wanted[] {
  const known = new Set(there);
  return wanted.filter(({ blob }) => !known.has(blob));
}

function reachable(reader: GitReader, from: readonly string[]): string[] {
  const text = reader.git('rev-list', '--objects', '--no-object-names', ...from);
  return text.split('\n');
}

/** Where rota keeps what it neither deletes nor leaves in place: beside the worktrees. */
function heldFolders(reader: GitReader): string[] {
  const root = join(reader.bare ? dirname(reader.root) : reader.root, '.worktrees');
  return [root];
}

/** Every file below the folders: object id -> path. */
function onDisk(folders: readonly string[], skip: readonly string[]): Map<string, string> {
  const found = new Map<string, string>();
  const walk = (folder: string) => {
    for (const name of listed(folder)) {
      const path = join(folder, name);
      if (skip.includes(name)) continue;
      if (lstatSync(path, { throwIfNoEntry: false })?.isDirectory()) walk(path);
      else {
        const hash = hashOf(path);
        if (hash !== null) found.set(hash, path);
      }
    }
  };
  for (const folder of folders) walk(folder);
  return found;
}

function listed(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return [];
    throw error;
  }
}

function hashOf(path: string): string | null {
  const facts = lstatSync(path, { throwIfNoEntry: false });
  if (facts === undefined || facts.isDirectory()) return null;
  return blobId(facts.isSymbolicLink() ? readlinkSync(path) : facts.isFile() ? readFileSync(path) : '');
}
