import { join } from 'node:path';
import { leaveBehind } from '../../store/leave-behind.ts';
import type { NeutralPlace } from '../../store/neutral.ts';
import type { Project } from '../project/project.ts';
import { readExcludes } from './excludes.ts';

/** A worktree seen through an index of rota's own, in the neutral directory. */
export interface PrivateIndex {
  readonly place: NeutralPlace;
  /** The index file. */
  readonly file: string;
  /** Git with the person's ignore rules; else as the door's `text`. */
  git(
    args: readonly string[],
    options?: { input?: string | Uint8Array; ok?: readonly number[] },
  ): Promise<GitAnswer>;
}

interface GitAnswer {
  readonly code: number;
  readonly text: string;
  readonly stderr: string;
}

/** One path that differs from the commit in the index. */
export interface ChangedPath {
  readonly path: string;
  readonly kind: 'changed' | 'deleted' | 'untracked';
}

/**
 * Calls `action` with a fresh index of `commit` (null: empty), compared with the files. The worktree's own index is not
 * asked: an agent may have marked entries there so that changes do not show. Nothing configured takes part, and nested
 * repositories are never entered (git would run what *their* config names).
 */
export async function withPrivateIndex<T>(
  project: Project,
  path: string,
  commit: string | null,
  action: (index: PrivateIndex) => Promise<T>,
): Promise<T> {
  const { system, repository, neutral } = project;
  const folder = join(neutral.folder, `index-${system.random.id()}`);
  await system.files.makeFolder(folder);
  try {
    const excludes = join(folder, 'exclude');
    const file = join(folder, 'index');
    const place = neutral.at(path, file);
    const git: PrivateIndex['git'] = async (args, options = {}) => {
      const answer = await system.git.run(place, ['-c', `core.excludesFile=${excludes}`, ...args], options);
      return { code: answer.code, text: answer.stdout.toString('utf8'), stderr: answer.stderr };
    };
    const fill = async () => {
      await git(commit === null ? ['read-tree', '--empty'] : ['read-tree', commit]);
      if (commit !== null)
        await git(['update-index', '-q', '--ignore-submodules', '--refresh'], { ok: [0, 1] });
    };
    // Ignore rules matter from here on only.
    const rules = async () => system.files.write(excludes, await readExcludes(system, repository));
    await bothEnded(rules(), fill());
    return await action({ place, file, git });
  } finally {
    await system.files.removeTree(folder).catch(leaveBehind);
  }
}

/** Like Promise.all, but when it throws neither works on: the folder can go. */
async function bothEnded(...works: readonly Promise<void>[]): Promise<void> {
  for (const work of await Promise.allSettled(works)) if (work.status === 'rejected') throw work.reason;
}

/** What differs from the index: changed and deleted tracked paths, and untracked ones; nested repositories end with `/`. */
export async function changedPaths(index: PrivateIndex): Promise<ChangedPath[]> {
  const { text } = await index.git(['ls-files', '-t', '-z', '-m', '-d', '-o', '--exclude-standard']);
  const found = new Map<string, ChangedPath>();
  for (const entry of text.split('\0')) {
    if (entry === '') continue;
    const path = entry.slice(2);
    const kind = entry[0] === '?' ? 'untracked' : entry[0] === 'R' ? 'deleted' : 'changed';
    // A deleted path is listed as changed, too.
    if (found.get(path)?.kind !== 'deleted') found.set(path, { path, kind });
  }
  return [...found.values()];
}

/** Takes paths into the index as the files are now. Returns those that git cannot take, each with its words. */
export async function stagePaths(index: PrivateIndex, paths: readonly string[]): Promise<string[]> {
  if (paths.length === 0) return [];
  const args = ['update-index', '--add', '--remove', '--replace', '-z', '--stdin'];
  // With its slash a nested repository would be passed over in silence.
  const input = (some: readonly string[]) => some.map((path) => `${path.replace(/\/$/, '')}\0`).join('');
  const all = await index.git(args, { input: input(paths), ok: [0, 1, 128] });
  if (all.code === 0) return [];
  // One bad path (a nested repository without a commit, a file that may not be read) stops the whole list.
  const refused: string[] = [];
  for (const path of paths) {
    const one = await index.git(args, { input: input([path]), ok: [0, 1, 128] });
    if (one.code === 0) continue;
    // A file that became a folder: what is in the folder is on the list, too.
    if (!path.endsWith('/') && /is a directory - add/.test(one.stderr))
      await index.git(['update-index', '--force-remove', '-z', '--stdin'], { input: input([path]) });
    else refused.push(`${path} (${one.stderr.split('\n')[0]?.replace(/^(error|fatal): /, '') ?? ''})`);
  }
  return refused;
}
