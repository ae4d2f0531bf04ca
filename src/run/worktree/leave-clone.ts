import { basename, join } from 'node:path';
import { RotaError } from '../../errors.ts';
import { holderName } from '../gate/holder.ts';
import { send } from '../project/actor.ts';
import type { Project } from '../project/project.ts';
import { CLONE_MARK, clonePlaceOf, dropClonePlace, refuseLinkTo } from './clone-place.ts';
import { KEPT_FOLDERS, worktreesRoot } from './discard-folder.ts';
import { isRotasFolder } from './is-rotas-folder.ts';
import { takeFromClone } from './take-from-clone.ts';
import type { WorktreePlace } from './worktree.ts';

/** A worktree whose `.git` is, or may be, a repository of the agent's own. */
export interface CloneLeft {
  /** Task id, as a rescue ref names it. */
  readonly task: string;
  readonly run: string | null;
  readonly worktree: WorktreePlace;
  /** Main when the run started; null: not known. */
  readonly base: string | null;
}

/**
 * Makes a worktree of the repository's again out of one whose agent had a repository of its own: its commits are taken in,
 * its branch moves, its `.git` folder goes. For when nothing of the agent is alive. No git ever runs in that repository.
 * Nothing to do is fine, and so is doing it again after a crash.
 *
 * @returns sentences on what nobody may want; what could not be taken in is kept then, and they say where
 * @throws RotaError when git or the disk fails: then the folder is as it was
 */
export async function leaveClone(project: Project, left: CloneLeft): Promise<readonly string[]> {
  const { files } = project.system;
  const { path, adminDir } = left.worktree;
  const pack = (await files.readIfThere(join(adminDir, CLONE_MARK)))?.toString('utf8').trim() ?? null;
  // A folder that is gone, or a link to somewhere else: whoever looks at the worktree next says so.
  if ((await files.facts(path))?.kind !== 'folder' || !(await isRotasFolder(project, left.worktree)))
    return [];
  const kind = (await files.facts(join(path, '.git')))?.kind ?? null;
  const place = clonePlaceOf(project, left.run ?? basename(adminDir));
  if (kind !== 'folder' && pack === null) {
    // All was taken in, and then rota died.
    if ((await files.facts(place)) !== null) await dropClonePlace(project, place);
    return [];
  }
  const said =
    kind === 'folder'
      ? await takeOver(project, left, { pack, place })
      : await mendPointer(project, left, { kind, place });
  await dropClonePlace(project, place);
  return said;
}

/** The same, for whom there is no run to refuse: what nobody may want is said. */
export async function leaveCloneAndSay(project: Project, left: CloneLeft): Promise<void> {
  for (const sentence of await leaveClone(project, left)) tell(project, left, sentence);
}

async function takeOver(
  project: Project,
  left: CloneLeft,
  { pack, place }: { readonly pack: string | null; readonly place: string },
): Promise<readonly string[]> {
  const said: string[] = [];
  let damaged = false;
  try {
    const taken = await takeFromClone(project, { ...left, gitDir: join(left.worktree.path, '.git'), pack });
    said.push(...taken.refused);
    damaged = taken.incomplete;
  } catch (error) {
    if (!(error instanceof RotaError) || error.code !== 'agent') throw error;
    said.push(`the agent's repository ${error.message}`);
    damaged = true;
  }
  if (damaged) await takeHeadAway(project, left.worktree);
  const folder = damaged ? join(worktreesRoot(left.worktree), KEPT_FOLDERS) : place;
  const aside = await moveGitAway(project, left.worktree, folder);
  await putPointer(project, left.worktree);
  if (damaged)
    tell(project, left, `The agent's repository could not be taken in as a whole; it is kept as ${aside}.`);
  return said;
}

/** Without HEAD it is no repository: a git that somebody starts in what is kept runs nothing. */
async function takeHeadAway({ system: { files } }: Project, { path }: WorktreePlace): Promise<void> {
  const head = join(path, '.git/HEAD');
  if ((await files.facts(head)) !== null) await files.rename(head, `${head}.kept`);
}

async function moveGitAway(project: Project, { path }: WorktreePlace, folder: string): Promise<string> {
  const { system } = project;
  const { files } = system;
  await refuseLinkTo(project, folder);
  const gitDir = join(path, '.git');
  await files.makeFolder(folder);
  const aside = join(folder, `${basename(path)}-git~${holderName(system)}`);
  await files.rename(gitDir, aside);
  return aside;
}

interface NoFolder {
  readonly kind: 'file' | 'link' | 'other' | null;
  readonly place: string;
}

/** Also after a crash of rota's own while it was put in place or taken away: then there is a folder for that. */
async function mendPointer(
  project: Project,
  { worktree }: CloneLeft,
  { kind, place }: NoFolder,
): Promise<readonly string[]> {
  const { files } = project.system;
  const pointer = join(worktree.path, '.git');
  const text = kind === 'file' ? (await files.readIfThere(pointer))?.toString('utf8').trim() : null;
  const halfWay = (await files.facts(place)) !== null || text === `gitdir: ${worktree.adminDir}`;
  if (kind !== null) await files.removeFile(pointer);
  await putPointer(project, worktree);
  if (halfWay) return [];
  const how = kind === null ? 'deleted' : `replaced by a ${kind === 'link' ? 'symbolic link' : 'file'}`;
  return [`the agent's own repository was ${how}: ${pointer}; what was committed in it is gone`];
}

async function putPointer({ system: { files } }: Project, { path, adminDir }: WorktreePlace): Promise<void> {
  await files.writeWhole(join(path, '.git'), `gitdir: ${adminDir}\n`);
  const mark = join(adminDir, CLONE_MARK);
  if ((await files.facts(mark)) !== null) await files.removeFile(mark);
}

function tell(project: Project, { task, run }: CloneLeft, message: string): void {
  send(project, { role: null, task, run }, { type: 'notice', level: 'warning', message });
}
