import { join } from 'node:path';
import type { System } from '../../system/ports.ts';
import type { Repository } from '../repository.ts';

/** Lock files that are there now and that a transaction on these refs needs: theirs, HEAD's, and the packed refs'. */
export async function findRefLocks(
  system: System,
  repository: Repository,
  refs: readonly string[],
): Promise<string[]> {
  const candidates = [...refs, 'HEAD', 'packed-refs'].map((name) => join(repository.gitDir, `${name}.lock`));
  const found: string[] = [];
  for (const path of new Set(candidates))
    if ((await system.files.facts(path))?.kind === 'file') found.push(path);
  return found;
}

/**
 * Removes lock files that a killed git of a journalled transaction left: newer than its journal, while no git process of
 * this repository lives. Where processes cannot be looked at, nothing is removed.
 *
 * @param since time of the journal's file, in milliseconds; null: not known
 * @returns the lock files that are still there
 */
export async function removeOwnLocks(
  system: System,
  repository: Repository,
  refs: readonly string[],
  since: number | null,
): Promise<string[]> {
  const locks = await findRefLocks(system, repository, refs);
  if (locks.length === 0) return [];
  if (since === null || (await gitMayLive(system, repository))) return locks;
  const left: string[] = [];
  for (const path of locks) {
    const facts = await system.files.facts(path);
    if (facts === null) continue;
    if (facts.mtimeMs >= since) await system.files.removeFile(path);
    else left.push(path);
  }
  return left;
}

/** Whether a git process works in this repository, as far as /proc shows; what cannot be read counts as one. */
async function gitMayLive(system: System, repository: Repository): Promise<boolean> {
  const { files } = system;
  const pids = (await files.list('/proc')).map((entry) => entry.name).filter((name) => /^\d+$/.test(name));
  if (pids.length === 0) return true;
  for (const pid of pids) {
    const comm = await readOrNull(() => files.readIfThere(`/proc/${pid}/comm`));
    if (comm === null || !/^git(-|$)/.test(comm.trim())) continue;
    const stat = await readOrNull(() => files.readIfThere(`/proc/${pid}/stat`));
    if (stat === null || / [ZX] /.test(stat.slice(stat.lastIndexOf(')'), stat.lastIndexOf(')') + 4)))
      continue;
    if (await worksHere(system, repository, pid)) return true;
  }
  return false;
}

async function worksHere(system: System, repository: Repository, pid: string): Promise<boolean> {
  const { files } = system;
  const places = [repository.gitDir, repository.root];
  try {
    const cwd = await files.readLink(`/proc/${pid}/cwd`);
    const texts = await Promise.all([files.read(`/proc/${pid}/cmdline`), files.read(`/proc/${pid}/environ`)]);
    // Rota's own readers stay open for a while; they lock nothing.
    if (texts[0].toString('latin1').split('\0').includes('cat-file')) return false;
    if (places.some((place) => cwd === place || cwd.startsWith(`${place}/`))) return true;
    if (texts.some((text) => places.some((place) => text.includes(place)))) return true;
    // A linked worktree may be anywhere: its `.git` file names the repository.
    const link = await files.readIfThere(join(cwd, '.git')).catch(() => null);
    return link?.includes(repository.gitDir) ?? false;
  } catch (error) {
    return (
      (error as NodeJS.ErrnoException).code !== 'ENOENT' && (error as NodeJS.ErrnoException).code !== 'ESRCH'
    );
  }
}

async function readOrNull(read: () => Promise<Buffer | null>): Promise<string | null> {
  try {
    return (await read())?.toString('latin1') ?? null;
  } catch (error) {
    // Gone while it was looked at.
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return null;
    throw error;
  }
}
