import { dirname, join } from 'node:path';
import type { FileFacts } from '../../system/ports.ts';
import { listWorktrees } from '../worktree/list-worktrees.ts';
import { MARKER, readMarker } from '../worktree/marker.ts';
import type { WorktreePlace } from '../worktree/worktree.ts';
import type { Project } from './project.ts';
import { readRunFacts, runsFolder } from './run-folder.ts';

/** Rota's own folders, and git's and rota's small files about worktrees, as they were. */
export interface FolderFacts {
  /** Outermost first. */
  readonly folders: readonly OwnFolder[];
  /** Files that nobody has reason to change while their worktree is there. */
  readonly pointers: readonly Pointer[];
}

interface OwnFolder extends Pick<FileFacts, 'ino' | 'dev'> {
  readonly path: string;
  /** Nobody else deletes it while a run lives. */
  readonly stays: boolean;
}

interface Pointer {
  readonly path: string;
  readonly bytes: Buffer;
  /** The worktree that it is about, and its administrative folder. */
  readonly of: string;
  readonly adminDir: string;
  /** The run's own: nobody but its agent writes there. */
  readonly own: boolean;
  /** The run that has the worktree; null: a person's. */
  readonly run: string | null;
}

/** What to look at for the run's own worktree and everybody else's. */
export async function readFolderFacts(
  project: Project,
  own: { readonly run: string; readonly worktree: WorktreePlace },
): Promise<FolderFacts> {
  const { system, repository, worktrees } = project;
  const { files } = system;
  const chain: string[] = [];
  for (let at = dirname(own.worktree.path); at.length >= worktrees.length; at = dirname(at))
    chain.unshift(at);
  const runs = runsFolder(repository);
  const folders: OwnFolder[] = [];
  const kept = [repository.rotaDir, runs, join(runs, own.run)];
  for (const path of [...kept, ...chain]) {
    const facts = await files.facts(path);
    if (facts?.kind === 'folder')
      folders.push({ path, ino: facts.ino, dev: facts.dev, stays: kept.includes(path) });
  }
  const listed = (await listWorktrees(system, repository)).filter(
    ({ adminDir }) => adminDir !== repository.gitDir,
  );
  const pointers = await Promise.all(
    listed.map(async ({ path, adminDir, marker }) => {
      const about = {
        of: path ?? adminDir,
        adminDir,
        run: marker?.run ?? null,
        own: marker?.run === own.run,
      };
      const ended = marker !== null && (await readRunFacts(system, repository, marker.run))?.ended != null;
      const paths = [
        ...['commondir', 'gitdir', ...(about.own ? [MARKER] : [])].map((name) => join(adminDir, name)),
        ...(marker !== null && path !== null ? [join(path, '.git')] : []),
        // What an ended run noted is not written again; which ignored files need no rescue is in there.
        ...(ended ? ['run.json', 'provisioned.jsonl'] : []).map((name) =>
          join(runs, marker?.run ?? '', name),
        ),
      ];
      return Promise.all(paths.map(async (one) => pointerOf(project, { path: one, ...about })));
    }),
  );
  return { folders, pointers: pointers.flat().flatMap((one) => one ?? []) };
}

async function pointerOf(project: Project, about: Omit<Pointer, 'bytes'>): Promise<Pointer | null> {
  const bytes = await readPlain(project, about.path);
  return bytes === null ? null : { ...about, bytes };
}

/**
 * Puts back what is rota's own or git's alone, at once when the agent has ended: a link in the place of a folder would lead rota's
 * next write or removal elsewhere. A folder that was moved behind the link comes back; nothing behind any other link is touched.
 *
 * @returns sentences: nobody but an agent does this
 */
export async function mendFolders(project: Project, before: FolderFacts): Promise<string[]> {
  const said: string[] = [];
  for (const folder of before.folders) said.push(...(await mendFolder(project, folder)));
  for (const pointer of before.pointers) said.push(...(await mendPointer(project, pointer)));
  return said;
}

async function mendFolder(
  { system: { files } }: Project,
  { path, ino, dev, stays }: OwnFolder,
): Promise<string[]> {
  const facts = await files.facts(path);
  if (facts?.kind === 'folder' || (facts === null && !stays)) return [];
  const target = facts?.kind === 'link' ? await files.realPath(path).catch(() => null) : null;
  const behind = target === null ? null : await files.facts(target);
  if (facts !== null) await files.removeFile(path);
  const moved = target !== null && behind?.ino === ino && behind.dev === dev;
  if (moved) await files.rename(target, path);
  else await files.makeFolder(path);
  const what =
    facts === null ? 'deleted' : `replaced by ${facts.kind === 'link' ? 'a symbolic link' : 'a file'}`;
  const now = moved ? 'it is back in its place' : 'there is an empty folder now';
  return [`while the agent worked, ${path} was ${what}; ${now}`];
}

async function mendPointer(project: Project, pointer: Pointer): Promise<string[]> {
  const { path, bytes, of, adminDir, own } = pointer;
  const { files } = project.system;
  const now = await readPlain(project, path);
  if (now?.equals(bytes)) return [];
  const facts = await files.facts(path);
  // A worktree that goes away loses its files one by one; without its .git file a folder is just as good.
  if (facts === null && (!own || path === join(of, '.git'))) return [];
  if (!(await isSameWorktree(project, pointer))) return [];
  if (path === join(adminDir, 'gitdir') && now !== null && (await leadsBack(project, now, adminDir)))
    return [];
  // Of another run: its agent has a repository of its own since.
  if (facts?.kind === 'folder' && !own && path === join(of, '.git')) return [];
  if (facts?.kind === 'folder')
    return [`while the agent worked, ${path} was replaced by a folder, which was left there`];
  if (facts !== null && facts.kind !== 'file') await files.removeFile(path);
  await files.writeWhole(path, bytes);
  return [
    `while the agent worked, ${path} was ${facts === null ? 'deleted' : 'changed'}; it is as it was again`,
  ];
}

/** It may have gone, or be another run's by now: then its files are that run's business. */
async function isSameWorktree({ system }: Project, { of, adminDir, own, run }: Pointer): Promise<boolean> {
  const [place, admin, marker] = await Promise.all([
    system.files.facts(of),
    system.files.facts(adminDir),
    readMarker(system, adminDir),
  ]);
  return place !== null && admin !== null && (own || (marker?.run ?? null) === run);
}

async function leadsBack(project: Project, gitdir: Buffer, adminDir: string): Promise<boolean> {
  const there = await readPlain(project, gitdir.toString('utf8').trim());
  return there?.toString('utf8').trim() === `gitdir: ${adminDir}`;
}

/** Null: there is none, or something else is in its place. */
async function readPlain({ system: { files } }: Project, path: string): Promise<Buffer | null> {
  return (await files.facts(path).catch(() => null))?.kind === 'file' ? files.readIfThere(path) : null;
}
