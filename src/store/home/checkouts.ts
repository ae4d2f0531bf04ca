import { dirname, join, resolve } from 'node:path';
import type { System } from '../../system/ports.ts';
import type { Repository } from '../repository.ts';
import { readActivity } from './activity.ts';

/** A checkout of the repository: its first one, or a linked worktree. */
export interface Checkout {
  readonly path: string;
  /** Its own git dir (HEAD, index): the common one, or `<common>/worktrees/<name>`. */
  readonly gitDir: string;
  /** The repository's first checkout, not a linked worktree. */
  readonly first: boolean;
  /** The commit that HEAD names; null before the first commit. */
  readonly head: string | null;
  /** Full name of the branch that HEAD names; null when detached. */
  readonly branch: string | null;
  /** Full names of the branches in use here: HEAD's, and those of a rebase or bisect in progress. */
  readonly holds: readonly string[];
  /** `a rebase`, `a merge`… in progress, or null. */
  readonly activity: string | null;
  /** The reason of `git worktree lock`; null when not locked. */
  readonly locked: string | null;
  /** Its folder is not there (deleted by hand, or on a disk that is away). */
  readonly missing: boolean;
}

/** Every checkout of the repository, rota's worktrees included; in a bare repository only the linked ones. */
export async function listCheckouts(system: System, repository: Repository): Promise<Checkout[]> {
  const [listed, gitDirs] = await Promise.all([
    system.git.run(repository.place, ['worktree', 'list', '--porcelain', '-z']),
    linkedGitDirs(system, repository),
  ]);
  const checkouts: Checkout[] = [];
  for (const [position, record] of parseList(listed.stdout.toString('utf8')).entries()) {
    const first = position === 0;
    if (first && (repository.bare || record.has('bare'))) continue;
    const path = first
      ? await firstPath(system, repository, record.get('worktree')!)
      : record.get('worktree')!;
    const gitDir = first ? repository.gitDir : gitDirs.get(path);
    if (gitDir === undefined) continue;
    const branch = record.get('branch') ?? null;
    const activity = await readActivity(system.files, gitDir);
    checkouts.push({
      path,
      gitDir,
      first,
      head: knownHead(record.get('HEAD')),
      branch,
      holds: [...new Set([...(branch === null ? [] : [branch]), ...activity.branches])],
      activity: activity.name,
      locked: record.get('locked') ?? null,
      missing: (await system.files.facts(path)) === null,
    });
  }
  return checkouts;
}

/** The branch that a git dir's HEAD names at this moment (full name), or null: detached or gone. One small read. */
export async function readHeadBranch(system: System, gitDir: string): Promise<string | null> {
  const text = (await system.files.readIfThere(join(gitDir, 'HEAD')))?.toString('utf8') ?? '';
  return /^ref: (\S+)/.exec(text)?.[1] ?? null;
}

function parseList(text: string): Map<string, string>[] {
  return text
    .split('\0\0')
    .filter((record) => record !== '')
    .map((record) => {
      const lines = record.split('\0').filter((line) => line !== '');
      return new Map(
        lines.map((line) => {
          const space = line.indexOf(' ');
          return space === -1 ? [line, ''] : [line.slice(0, space), line.slice(space + 1)];
        }),
      );
    });
}

/** Path of each linked worktree -> its git dir. */
async function linkedGitDirs(system: System, repository: Repository): Promise<Map<string, string>> {
  const folder = join(repository.gitDir, 'worktrees');
  const found = new Map<string, string>();
  for (const entry of await system.files.list(folder)) {
    const gitDir = join(folder, entry.name);
    const text = await system.files.readIfThere(join(gitDir, 'gitdir'));
    if (text !== null) found.set(dirname(resolve(gitDir, text.toString('utf8').trimEnd())), gitDir);
  }
  return found;
}

/** Git derives the first checkout's path from the git dir's, which is wrong for a separate git dir: ask what is known. */
async function firstPath(system: System, repository: Repository, listed: string): Promise<string> {
  if ((await system.files.facts(join(listed, '.git'))) !== null) return listed;
  const { checkout } = repository;
  if (checkout === null) return listed;
  const link = await system.files.readIfThere(join(checkout, '.git')).catch(() => null);
  const target = /^gitdir: (.+)$/m.exec(link?.toString('utf8') ?? '')?.[1];
  return target !== undefined && resolve(checkout, target) === repository.gitDir ? checkout : listed;
}

function knownHead(oid: string | undefined): string | null {
  return oid === undefined || /^0+$/.test(oid) ? null : oid;
}
