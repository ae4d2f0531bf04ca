import type { CheckoutSettings } from './conversions.ts';
import type { PathChange, TreeEntry } from './diff-paths.ts';
import type { IndexEntry } from './index-entries.ts';
import { isEntry } from './path-state.ts';
import type { LookedPaths } from './survey.ts';

/**
 * Decides whether the changed paths of a checkout can be brought from old to new without touching a person's work: each is as
 * in old, in the index and in raw bytes, or its file is as in new already. Pure.
 */
export function judgePaths(
  changes: readonly PathChange[],
  looked: LookedPaths,
  entries: readonly IndexEntry[],
  settings: CheckoutSettings,
): { problems: string[]; indexIsNew: boolean } {
  const staged = new Map(entries.filter((entry) => entry.stage === 0).map((entry) => [entry.path, entry]));
  const touched = new Set(changes.map((change) => change.path));
  const problems: string[] = [];
  const unmerged = new Set(entries.filter((entry) => entry.stage !== 0).map((entry) => entry.path));
  for (const path of unmerged) problems.push(`${path} has an unresolved conflict`);
  for (const entry of staged.values())
    if (!touched.has(entry.path)) {
      const room = roomFor(entry.path, changes, looked);
      if (room !== null) problems.push(`${entry.path} is staged where main has ${room}`);
    }
  for (const change of changes) {
    if (unmerged.has(change.path)) continue;
    const problem = judgePath(change, looked, staged.get(change.path) ?? null, settings);
    if (problem !== null) problems.push(problem);
  }
  const indexIsNew = changes.every((change) => sameEntry(staged.get(change.path) ?? null, change.new));
  return { problems, indexIsNew };
}

function judgePath(
  change: PathChange,
  looked: LookedPaths,
  staged: IndexEntry | null,
  settings: CheckoutSettings,
): string | null {
  const { path } = change;
  const broken = looked.broken.get(path);
  if (broken !== undefined) return `${broken} is no folder, and main has ${path}`;
  if (staged !== null && staged.hidden !== null)
    return `${path} is marked ${staged.hidden} (git update-index --no-${staged.hidden} takes the mark away)`;
  const repository = looked.repositories.get(path);
  if (repository !== undefined) return `${repository} is a repository of its own, and main has ${path}`;
  if (!settings.symlinks && [change.old?.mode, change.new?.mode].includes('120000'))
    return `${path} is a symbolic link, and core.symlinks is off`;
  if (looked.elsewhere.has(path)) return `${path} is on another file system than its checkout`;
  const state = looked.states.get(path) ?? { kind: 'absent' };
  const indexIsOld = sameEntry(staged, change.old);
  const fileIsNew = isEntry(state, change.new, settings.fileMode);
  if (fileIsNew && (indexIsOld || sameEntry(staged, change.new))) return null;
  if (!indexIsOld)
    return change.old === null ? `${path} is staged, and main gets one too` : `${path} has staged changes`;
  if (isEntry(state, change.old, settings.fileMode)) return null;
  if (state.kind === 'folder' && change.old === null) {
    const stays = looked.contents.get(path);
    return stays === undefined ? null : `${stays} is in the folder ${path}, where main gets a file`;
  }
  if (change.old === null) return `${path} is an untracked or ignored file, and main gets one too`;
  return state.kind === 'absent'
    ? `${path} was deleted without a commit`
    : `${path} has changes that are not committed`;
}

/** A staged path that is not touched itself: above or below a touched one there is no room for it in new. */
function roomFor(path: string, changes: readonly PathChange[], looked: LookedPaths): string | null {
  if (looked.newFolders.has(path)) return 'a folder';
  const above = changes.find((change) => change.new !== null && path.startsWith(`${change.path}/`));
  return above === undefined ? null : 'a file';
}

function sameEntry(staged: IndexEntry | null, entry: TreeEntry | null): boolean {
  if (staged === null || entry === null) return staged === null && entry === null;
  return staged.mode === entry.mode && staged.oid === entry.oid;
}
