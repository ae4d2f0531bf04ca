import { dirname, join } from 'node:path';
import type { Files, System } from '../../system/ports.ts';
import { copyTree } from './copy-tree.ts';
import { isUntouched } from './is-untouched.ts';
import { removeEverything } from './remove-everything.ts';

/** What setup made, kept for the next gate. */
export interface SnapshotPlace {
  /** `<cacheDir>/setup`. */
  readonly base: string;
  readonly key: string;
  /** The gate folder that it was made in or is brought to. */
  readonly folder: string;
  /** Number of that gate folder, as text. */
  readonly name: string;
}

const DAY = 24 * 60 * 60_000;
const MOST_KEPT = 5;
const LONGEST_KEPT = 30 * DAY;
/** Larger files are not searched for the folder's path. */
const LARGEST_SEARCHED = 100 * 1024 * 1024;

/**
 * Copies a snapshot into the folder. False when there is none; a snapshot that somebody removed meanwhile, or that is not
 * whole, counts as none, and the folder then has to be cleared. So does one that somebody has changed.
 *
 * @param onTouched what was made for every gate is not as it was made
 */
export async function bringSnapshot(
  system: System,
  place: SnapshotPlace,
  onTouched: () => void,
): Promise<boolean> {
  for (const path of candidates(place)) {
    const text = await system.files.readIfThere(join(path, 'entries'));
    if (text === null) continue;
    const untouched = await isUntouched(system, path);
    if (!untouched) onTouched();
    if (untouched && (await copied(system.files, path, place.folder, Number(text.toString('utf8')))))
      return true;
    await discard(system, place.base, path);
    return false;
  }
  return false;
}

/**
 * Keeps these paths of the folder (a trailing `/`: with everything below) as the snapshot. It is made beside the others and
 * renamed into place, so that two may do it at once. When a file names the folder's own path (virtual environments,
 * compiled configuration) only the gate folder of that name can use it, and it is kept for that one.
 */
export async function keepSnapshot(
  system: System,
  place: SnapshotPlace,
  paths: readonly string[],
): Promise<void> {
  const { files } = system;
  const fresh = join(place.base, `.new-${system.random.id()}`);
  try {
    await files.makeFolder(join(fresh, 'files'));
    for (const path of paths) {
      const to = join(fresh, 'files', path);
      await files.makeFolder(dirname(to));
      await copyTree(files, join(place.folder, path), to, { existing: 'fail' });
    }
    const found = await search(files, join(fresh, 'files'), place.folder);
    await files.write(join(fresh, 'entries'), String(found.entries));
    await files.write(join(fresh, 'used'), '');
    const [shared, own] = candidates(place);
    await files.rename(fresh, found.bound ? own : shared).catch(takenIsFine);
  } finally {
    await removeEverything(files, fresh);
  }
  await pruneSnapshots(system, place.base, place.key);
}

/**
 * Removes what was not used for long and what is more than enough, and what a dead process left half made.
 *
 * @param base `<cacheDir>/setup`
 * @param used the key that is used now, if one is
 */
export async function pruneSnapshots(
  system: System,
  base: string,
  used: string | null = null,
): Promise<void> {
  const { files } = system;
  const now = system.clock.now().getTime();
  const ages = new Map<string, number>();
  for (const { name } of await files.list(base)) {
    const path = join(base, name);
    const facts = name.startsWith('.') ? await files.facts(path) : await files.facts(join(path, 'used'));
    const age = now - (facts?.mtimeMs ?? now);
    if (name.startsWith('.')) {
      if (age > DAY) await removeEverything(files, path);
    } else ages.set(name, age);
  }
  const keys = [...new Set([...ages].sort((a, b) => a[1] - b[1]).map(([name]) => keyOf(name)))];
  const kept = new Set([...(used === null ? [] : [used]), ...keys.slice(0, MOST_KEPT)]);
  for (const [name, age] of ages) {
    if (!kept.has(keyOf(name)) || (age > LONGEST_KEPT && keyOf(name) !== used))
      await discard(system, base, join(base, name));
  }
}

/** The snapshot for every gate folder, and the one for this folder only. */
function candidates({ base, key, name }: SnapshotPlace): readonly [string, string] {
  return [join(base, key), join(base, `${key}-${name}`)];
}

async function copied(files: Files, path: string, folder: string, entries: number): Promise<boolean> {
  try {
    await files.write(join(path, 'used'), '');
    return (await copyTree(files, join(path, 'files'), folder, { existing: 'fail' })) === entries;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}

/** Counts as copyTree does, and looks for files and links that name the folder they were made in. */
async function search(
  files: Files,
  from: string,
  needle: string,
): Promise<{ readonly entries: number; readonly bound: boolean }> {
  let entries = 1;
  let bound = false;
  for (const { name, kind } of await files.list(from)) {
    const path = join(from, name);
    if (kind === 'folder') {
      const below = await search(files, path, needle);
      entries += below.entries;
      bound ||= below.bound;
    } else {
      entries += 1;
      bound ||= await names(files, path, kind, needle);
    }
  }
  return { entries, bound };
}

async function names(files: Files, path: string, kind: string, needle: string): Promise<boolean> {
  if (kind === 'link') return (await files.readLink(path)).includes(needle);
  const size = (await files.facts(path))?.size ?? 0;
  if (size > LARGEST_SEARCHED) return true;
  return size >= needle.length && (await files.read(path)).includes(needle);
}

function keyOf(name: string): string {
  return name.split('-')[0]!;
}

/** Renamed first: nobody then starts to copy from a folder that is being emptied. */
async function discard(system: System, base: string, path: string): Promise<void> {
  const aside = join(base, `.old-${system.random.id()}`);
  try {
    await system.files.rename(path, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  await removeEverything(system.files, aside);
}

/** Another gate made the same snapshot at the same time. */
function takenIsFine(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
}
