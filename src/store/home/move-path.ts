import { dirname, join } from 'node:path';
import type { System } from '../../system/ports.ts';
import type { Repository } from '../repository.ts';
import type { PathChange } from './diff-paths.ts';
import type { MovedCheckout } from './journal.ts';
import { codeOf, linkNew } from './link-new.ts';
import { brokenParent, isEntry, lookAt, type PathState } from './path-state.ts';
import { stagedPath, stagePaths } from './staging.ts';

/**
 * Brings one path of a checkout from old to new without ever writing over anything: what is there is renamed aside, compared
 * with old, and only then the new file is linked in. What is neither old nor new is a person's and stays. Can be repeated
 * after a crash at any step.
 *
 * @returns a sentence when a person's work was met, else null
 */
export async function movePath(
  system: System,
  repository: Repository,
  checkout: MovedCheckout,
  change: PathChange,
  number: number,
): Promise<string | null> {
  const { files } = system;
  const target = join(checkout.path, change.path);
  const aside = asidePath(checkout, number);
  const look = (path: string) => lookAt(files, path, repository.objectFormat);
  const is = (state: PathState, entry: PathChange['old']) => isEntry(state, entry, checkout.fileMode);

  if ((await brokenParent(files, checkout.path, change.path)) !== null) {
    // Of a path that goes, the old file is not there any more; of a path that comes, there is no folder for it.
    return change.new === null
      ? null
      : `${target} could not be written: something else is where its folder belongs.`;
  }
  let held = await look(aside);
  const now = await look(target);
  if (held.kind === 'absent') {
    if (is(now, change.new)) return dropStaged(system, checkout, number);
    if (!is(now, change.old)) return leftAlone(target, now);
    if (change.old !== null) {
      if (!(await renameIfThere(system, target, aside))) return leftAlone(target, { kind: 'absent' });
      held = await look(aside);
    }
  }
  if (held.kind !== 'absent' && !is(held, change.old)) return putBack(system, aside, target, held);
  if (change.new === null) {
    await removeEmptied(system, checkout, change.path);
    return null;
  }
  const before = await look(target);
  if (is(before, change.new)) return dropStaged(system, checkout, number);
  if (before.kind !== 'absent') return leftAlone(target, before);
  if (!is(await look(stagedPath(checkout, number)), stagedEntry(change)))
    await stagePaths(system, repository, checkout, [{ change, number }]);
  return (await putIn(system, checkout, change, number)) ? null : leftAlone(target, await look(target));
}

/** Where the old file of a change is held. */
export function asidePath(checkout: Pick<MovedCheckout, 'holding'>, number: number): string {
  return join(checkout.holding, 'old', String(number));
}

/** After a crash the new file may have its staged name still: taking that away changes its ctime, so before the index learns it. */
async function dropStaged(system: System, checkout: MovedCheckout, number: number): Promise<null> {
  const staged = stagedPath(checkout, number);
  if ((await system.files.facts(staged)) !== null) await system.files.removeFile(staged);
  return null;
}

/** A link's target is staged as a plain file. */
function stagedEntry(change: PathChange): PathChange['new'] {
  return change.new?.mode === '120000' ? { ...change.new, mode: '100644' } : change.new;
}

async function putIn(
  system: System,
  checkout: MovedCheckout,
  change: PathChange,
  number: number,
): Promise<boolean> {
  const { files } = system;
  const target = join(checkout.path, change.path);
  const staged = stagedPath(checkout, number);
  await files.makeFolder(dirname(target));
  let done: boolean;
  if (change.new!.mode === '120000')
    done = await symlinkNew(system, (await files.read(staged)).toString('utf8'), target);
  else done = await linkNew(files, staged, target);
  // At once: a second name would let a later write into the file change both, and its removal changes the file's ctime.
  await files.removeFile(staged);
  return done;
}

/** False: a person removed it, or is about to put another one in its place. */
async function renameIfThere(system: System, from: string, to: string): Promise<boolean> {
  try {
    await system.files.rename(from, to);
    return true;
  } catch (error) {
    if (codeOf(error) === 'ENOENT' && (await system.files.facts(from)) === null) return false;
    throw error;
  }
}

async function symlinkNew(system: System, to: string, path: string): Promise<boolean> {
  try {
    await system.files.symlink(to, path);
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
}

/** What was renamed aside turned out to be a person's save, made in the last moment. */
async function putBack(system: System, aside: string, target: string, held: PathState): Promise<string> {
  const { files } = system;
  let back = false;
  if (held.kind === 'file') back = await linkNew(files, aside, target);
  else if (held.kind === 'link') back = await symlinkNew(system, await files.readLink(aside), target);
  else if ((await files.facts(target)) === null) {
    await files.rename(aside, target);
    return leftAlone(target, held);
  }
  if (!back || (held.kind === 'file' && !(await isSameFile(system, aside, target))))
    return `A save to ${target} was made while main moved; it is kept as ${aside}.`;
  await files.removeFile(aside);
  return leftAlone(target, held);
}

/** Not where there are no links and it was copied, nor once it was replaced: a program may still write into the one aside. */
async function isSameFile(system: System, one: string, other: string): Promise<boolean> {
  const [a, b] = [await system.files.facts(one), await system.files.facts(other)];
  return a !== null && b !== null && a.ino === b.ino && a.dev === b.dev;
}

function leftAlone(target: string, state: PathState): string {
  return state.kind === 'absent'
    ? `${target} was removed while main moved; it was left that way (main has it: git checkout -- <path>).`
    : `${target} was changed while main moved; it was left as it is (compare it with main: git diff).`;
}

/** Removes the folders that a deletion emptied, from the inside out. */
async function removeEmptied(system: System, checkout: MovedCheckout, path: string): Promise<void> {
  for (let folder = dirname(path); folder !== '.'; folder = dirname(folder)) {
    try {
      await system.files.removeFolder(join(checkout.path, folder));
    } catch (error) {
      const code = codeOf(error);
      if (code === 'ENOENT') continue;
      if (['ENOTEMPTY', 'EEXIST', 'ENOTDIR', 'EBUSY', 'EPERM', 'EACCES', 'EINVAL'].includes(code)) return;
      throw error;
    }
  }
}
