import { basename, dirname, isAbsolute, join, normalize, relative, sep } from 'node:path';
import { isGitPath } from '../../plan/git-path.ts';
import type { Place } from '../../plan/permission.ts';
import type { Files } from '../../system/ports.ts';

/** What an agent is told about where it works. */
export interface Told {
  readonly worktree: string;
  readonly resultFile: string;
  readonly promptFile: string;
}

/** The same, with the real folders as they were before the agent could do anything. */
export interface Ground {
  readonly told: Told;
  /** The real path of its folder. */
  readonly root: string;
  /** The real paths of its result and prompt. */
  readonly own: ReadonlySet<string>;
}

/** Looks where everything is, links resolved. The folders are there. */
export async function openGround(files: Files, told: Told): Promise<Ground> {
  const own = [told.resultFile, told.promptFile];
  const real = own.map(async (path) => join(await files.realPath(dirname(path)), basename(path)));
  return { told, root: await files.realPath(told.worktree), own: new Set(await Promise.all(real)) };
}

/** Where a path leads, links resolved; what is not there yet is where its folder is. A relative one is the worktree's. */
export async function placeOf(files: Files, { told, root, own }: Ground, path: string): Promise<Place> {
  if (path.includes('\0')) return { kind: 'outside' };
  const asked = normalize(isAbsolute(path) ? path : join(told.worktree, path));
  const real = await realPlace(files, asked);
  if (real === null) return { kind: 'outside' };
  if (own.has(real)) return { kind: 'own', path: real };
  const below = relative(root, real);
  if (isBeyond(below)) return { kind: isGitPath(real) || isGitPath(asked) ? 'git' : 'outside' };
  const named = relative(told.worktree, asked);
  if (isGitPath(below) || isGitPath(named)) return { kind: 'git' };
  return { kind: 'inside', path: below.split(sep).join('/') };
}

function isBeyond(path: string): boolean {
  return path === '..' || path.startsWith(`..${sep}`) || isAbsolute(path);
}

/** Null: it leads nowhere that can be named (a dangling link, a loop, a folder that cannot be entered). */
async function realPlace(files: Files, path: string): Promise<string | null> {
  const missing: string[] = [];
  for (let at = path; ; at = dirname(at)) {
    try {
      return join(await files.realPath(at), ...missing);
    } catch {
      // A link that leads nowhere: who writes through it makes a file wherever it says.
      const facts = await files.facts(at).catch(() => 'unreadable' as const);
      if (facts !== null || at === dirname(at)) return null;
      missing.unshift(basename(at));
    }
  }
}
