import { dirname, isAbsolute, join } from 'node:path';
import type { Files } from '../system/ports.ts';
import { isWithin, type Mount } from './mount.ts';
import { foldersOfPath, foldersOfProgram } from './program-folders.ts';

export interface ProgramsWish {
  /** The PATH that the programs get. */
  readonly path: string;
  readonly home: string;
  /** Folders that are mounted already. */
  readonly covered: readonly string[];
  /** The project's: programs in it are the branch's to bring. */
  readonly hidden: readonly string[];
}

/** Links in one folder of PATH that are followed; more would be no folder of programs. */
const MOST_LINKS = 2_000;
const MOST_HOPS = 10;

/**
 * What the programs in PATH need that lie outside the system's folders, below HOME as a rule: version managers, `~/.local/bin`.
 * Read-only, and as little around them as they run with; never the whole HOME.
 */
export async function programMounts(files: Files, wish: ProgramsWish): Promise<Mount[]> {
  const { home } = wish;
  const away = [...wish.covered, ...wish.hidden];
  const wanted = new Set<string>();
  const want = (paths: readonly string[]) => {
    for (const path of paths)
      if (!isWithin(home, path) && !away.some((folder) => isWithin(path, folder))) wanted.add(path);
  };
  for (const folder of foldersIn(wish.path)) {
    if (isWithin(home, folder) || away.some((other) => isWithin(folder, other))) continue;
    want(foldersOfPath(folder, home));
    for (const program of await behindLinks(files, folder)) want(foldersOfProgram(program, home));
  }
  const all = [...wanted];
  const outer = all.filter((path) => !all.some((other) => other !== path && isWithin(path, other)));
  const there = await Promise.all(outer.map((path) => isThere(files, path)));
  return outer.filter((_, at) => there[at]).map((at) => ({ kind: 'read', at, from: at }));
}

function foldersIn(path: string): string[] {
  return [...new Set(path.split(':').map((folder) => folder.replace(/\/+$/, '')))].filter(isAbsolute);
}

/** Where the links in a folder lead, each one on the way included: every one has to be there. */
async function behindLinks(files: Files, folder: string): Promise<string[]> {
  const entries = await files.list(folder).catch(() => []);
  const links = entries.filter(({ kind }) => kind === 'link').slice(0, MOST_LINKS);
  const found = await Promise.all(links.map(({ name }) => hops(files, join(folder, name))));
  return found.flat();
}

async function hops(files: Files, link: string): Promise<string[]> {
  const seen: string[] = [];
  for (let at = link; seen.length < MOST_HOPS; seen.push(at)) {
    if ((await files.facts(at).catch(() => null))?.kind !== 'link') break;
    const target = await files.readLink(at);
    at = isAbsolute(target) ? target : join(dirname(at), target);
  }
  // A folder on the way may be a link as well.
  const real = await files.realPath(link).catch(() => null);
  return real === null ? [] : [...seen, real];
}

async function isThere(files: Files, path: string): Promise<boolean> {
  return (await files.realPath(path).catch(() => null)) !== null;
}
