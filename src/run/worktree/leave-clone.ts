import { basename, join } from 'node:path';
import { RotaError } from '../../errors.ts';
import { leaveBehind } from '../../store/leave-behind.ts';
import { holderName } from '../gate/holder.ts';
import { removeEverything } from '../gate/remove-everything.ts';
import { send } from '../project/actor.ts';
import type { Project } from '../project/project.ts';
import { CLONE_MARK, clonePlaceOf } from './clone-place.ts';
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
  const mark = join(adminDir, CLONE_MARK);
  const pack = (await files.readIfThere(mark))?.toString('utf8').trim() ?? null;
  // A folder that is gone, or a link to somewhere else: whoever looks at the worktree next says so.
  if ((await files.facts(path))?.kind !== 'folder' || !(await isRotasFolder(project, left.worktree)))
    return [];
  const gitDir = join(path, '.git');
  const kind = (await files.facts(gitDir))?.kind ?? null;
  if (kind !== 'folder') return pack === null ? [] : mendPointer(project, left, kind);
  const said: string[] = [];
  let damaged = false;
  try {
    const taken = await takeFromClone(project, { ...left, gitDir, pack });
    said.push(...taken.refused);
    damaged = taken.incomplete;
  } catch (error) {
    if (!(error instanceof RotaError) || error.code !== 'agent') throw error;
    said.push(`the agent's repository ${error.message}`);
    damaged = true;
  }
  const aside = await moveGitAway(project, left, damaged);
  await putPointer(project, left.worktree);
  if (damaged)
    tell(project, left, `The agent's repository could not be taken in as a whole; it is kept as ${aside}.`);
  else await removeEverything(files, aside).catch(leaveBehind);
  return said;
}

/** Also after a crash while the repository was being put in place: then it is still where it was made. */
async function mendPointer(
  project: Project,
  left: CloneLeft,
  kind: 'file' | 'link' | 'other' | null,
): Promise<readonly string[]> {
  const { files } = project.system;
  const { path, adminDir } = left.worktree;
  const pointer = join(path, '.git');
  const text = kind === 'file' ? (await files.readIfThere(pointer))?.toString('utf8').trim() : null;
  const staged = left.run === null ? null : await files.facts(join(clonePlaceOf(project, left.run), 'git'));
  if (kind !== null) await files.removeFile(pointer);
  await putPointer(project, left.worktree);
  if (staged !== null || text === `gitdir: ${adminDir}`) return [];
  const how = kind === null ? 'deleted' : `replaced by a ${kind === 'link' ? 'symbolic link' : 'file'}`;
  return [`the agent's own repository was ${how}: ${pointer}; what it had committed there is gone`];
}

async function putPointer({ system: { files } }: Project, { path, adminDir }: WorktreePlace): Promise<void> {
  await files.writeWhole(join(path, '.git'), `gitdir: ${adminDir}\n`);
  const mark = join(adminDir, CLONE_MARK);
  if ((await files.facts(mark)) !== null) await files.removeFile(mark);
}

/** Kept ones have no HEAD: a git that is started in there by accident takes it for no repository and runs nothing. */
async function moveGitAway(project: Project, { worktree, run }: CloneLeft, keep: boolean): Promise<string> {
  const { files } = project.system;
  const gitDir = join(worktree.path, '.git');
  const name = `${basename(worktree.path)}-git~${holderName(project.system)}`;
  const folder = keep
    ? join(worktreesRoot(worktree), KEPT_FOLDERS)
    : clonePlaceOf(project, run ?? basename(worktree.adminDir));
  await files.makeFolder(folder);
  if (keep && (await files.facts(join(gitDir, 'HEAD'))) !== null)
    await files.rename(join(gitDir, 'HEAD'), join(gitDir, 'HEAD.kept'));
  await files.rename(gitDir, join(folder, name));
  return join(folder, name);
}

function tell(project: Project, { task, run }: CloneLeft, message: string): void {
  send(project, { role: null, task, run }, { type: 'notice', level: 'warning', message });
}
