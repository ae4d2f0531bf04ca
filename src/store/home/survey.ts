import { dirname, join } from 'node:path';
import type { System } from '../../system/ports.ts';
import type { Repository } from '../repository.ts';
import { readActivity } from './activity.ts';
import { findCaseCollisions } from './case-collisions.ts';
import { type Checkout, readHeadBranch } from './checkouts.ts';
import { type CheckoutSettings, findConversions, readSettings } from './conversions.ts';
import type { PathChange } from './diff-paths.ts';
import { type IndexEntry, readIndexEntries } from './index-entries.ts';
import { placeOf } from './new-index.ts';
import { hasOpenCommit } from './open-commit.ts';
import { judgePaths } from './path-rules.ts';
import { brokenParent, lookAt, type PathState } from './path-state.ts';

/** What was found in a home checkout, before or after its index was locked. */
export interface Survey {
  readonly checkout: Checkout;
  readonly settings: CheckoutSettings;
  /** What is in the way, as parts of a sentence; empty: nothing. */
  readonly problems: readonly string[];
  readonly entries: readonly IndexEntry[];
  /** Tells whether the index was written since. */
  readonly indexStamp: string;
  /** The index has every changed path as in `new` already. */
  readonly indexIsNew: boolean;
}

/**
 * Looks whether main can move under a home checkout. Reads only.
 *
 * @param known an earlier survey: what cannot have changed, or provably did not, is not read again
 */
export async function surveyCheckout(
  system: System,
  repository: Repository,
  checkout: Checkout,
  ref: string,
  changes: readonly PathChange[],
  known: Survey | null = null,
): Promise<Survey> {
  const place = placeOf(checkout);
  const looked = await lookAtPaths(system, repository, checkout, changes);
  const indexStamp = await stampOf(system, join(checkout.gitDir, 'index'));
  const [settings, conversions, entries] = await Promise.all([
    known?.settings ?? readSettings(system, place),
    known === null ? findConversions(system, place, changes) : null,
    known?.indexStamp === indexStamp
      ? known.entries
      : readIndexEntries(system, place, changes, [...looked.newFolders]),
  ]);
  const judged = judgePaths(changes, looked, entries, settings);
  const problems = [
    ...(await whatIsGoingOn(system, repository, checkout, ref)),
    ...(settings.sparse
      ? ['it is a sparse checkout, which rota cannot bring along (git sparse-checkout disable)']
      : []),
    ...(conversions === null ? [] : conversions(settings.crlf)),
    ...judged.problems,
    ...(settings.ignoreCase && known === null ? await findCaseCollisions(system, place, changes) : []),
  ];
  return { checkout, settings, problems, entries, indexStamp, indexIsNew: judged.indexIsNew };
}

/** What the file system says about the changed paths. */
export interface LookedPaths {
  readonly states: ReadonlyMap<string, PathState>;
  /** Path -> the part of its folders that is no real folder. */
  readonly broken: ReadonlyMap<string, string>;
  /** Paths that are no folder now and become one. */
  readonly newFolders: ReadonlySet<string>;
  /** Path that is a folder now and becomes a file -> what is in it that does not go. */
  readonly contents: ReadonlyMap<string, string>;
  /** Paths on another file system than their checkout's root. */
  readonly elsewhere: ReadonlySet<string>;
  /** New path -> the folder above it that is a repository of its own (a submodule, a nested clone). */
  readonly repositories: ReadonlyMap<string, string>;
}

async function lookAtPaths(
  system: System,
  repository: Repository,
  checkout: Checkout,
  changes: readonly PathChange[],
): Promise<LookedPaths> {
  const { files } = system;
  const root = await files.facts(checkout.path);
  const going = new Set(changes.filter((change) => change.new === null).map((change) => change.path));
  const states = new Map<string, PathState>();
  const broken = new Map<string, string>();
  const newFolders = new Set<string>();
  const contents = new Map<string, string>();
  const elsewhere = new Set<string>();
  const repositories = new Map<string, string>();
  const isRepository = rememberRepositories(system, checkout.path);
  for (const change of changes) {
    const { path } = change;
    const part = await brokenParent(files, checkout.path, path);
    if (part !== null) {
      // A file that goes in the same move makes room for the folder.
      if (going.has(part)) newFolders.add(part);
      else broken.set(path, part);
      states.set(path, { kind: 'absent' });
      continue;
    }
    const state = await lookAt(files, join(checkout.path, path), repository.objectFormat);
    states.set(path, state);
    if (state.kind === 'folder') {
      const stays = await firstThatStays(system, checkout.path, path, going);
      if (stays !== null) contents.set(path, stays);
    }
    const { folder, missing } = await nearestFolder(system, checkout.path, path);
    if (missing !== null) newFolders.add(missing);
    if ((await files.facts(folder))?.dev !== root?.dev) elsewhere.add(path);
    const own = change.old === null ? await isRepository(path) : null;
    if (own !== null) repositories.set(path, own);
  }
  return { states, broken, newFolders, contents, elsewhere, repositories };
}

/** The outermost folder above a path that has a `.git` of its own. Each folder is looked at once. */
function rememberRepositories(system: System, root: string): (path: string) => Promise<string | null> {
  const known = new Map<string, boolean>();
  return async (path) => {
    const parts = path.split('/').slice(0, -1);
    for (let count = 1; count <= parts.length; count++) {
      const folder = parts.slice(0, count).join('/');
      if (!known.has(folder))
        known.set(folder, (await system.files.facts(join(root, folder, '.git'))) !== null);
      if (known.get(folder) === true) return folder;
    }
    return null;
  };
}

/** The innermost folder of a path that is there, and the outermost that is not. */
async function nearestFolder(
  system: System,
  root: string,
  path: string,
): Promise<{ folder: string; missing: string | null }> {
  let missing: string | null = null;
  for (let folder = dirname(path); folder !== '.'; folder = dirname(folder)) {
    if ((await system.files.facts(join(root, folder))) !== null)
      return { folder: join(root, folder), missing };
    missing = folder;
  }
  return { folder: root, missing };
}

/** The first file or empty folder below `path` that does not go, ignored ones included. */
async function firstThatStays(
  system: System,
  root: string,
  path: string,
  going: ReadonlySet<string>,
): Promise<string | null> {
  const entries = await system.files.list(join(root, path));
  if (entries.length === 0) return path;
  for (const entry of entries) {
    const inner = `${path}/${entry.name}`;
    const stays =
      entry.kind === 'folder'
        ? await firstThatStays(system, root, inner, going)
        : going.has(inner)
          ? null
          : inner;
    if (stays !== null) return stays;
  }
  return null;
}

async function whatIsGoingOn(
  system: System,
  repository: Repository,
  checkout: Checkout,
  ref: string,
): Promise<string[]> {
  const activity = await readActivity(system.files, checkout.gitDir);
  if (activity.name !== null) return [`${activity.name} is in progress`];
  if ((await readHeadBranch(system, checkout.gitDir)) !== ref) return ['another branch is being checked out'];
  if (await hasOpenCommit(system, repository, checkout.gitDir, ref))
    return ['a commit message seems to be open in an editor'];
  return [];
}

async function stampOf(system: System, path: string): Promise<string> {
  const facts = await system.files.facts(path);
  return facts === null ? 'none' : `${facts.dev}:${facts.ino}:${facts.size}:${facts.mtimeMs}`;
}
