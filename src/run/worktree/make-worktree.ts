import { join, relative } from 'node:path';
import { RotaError } from '../../errors.ts';
import { linkOnTheWay } from '../../system/link-on-the-way.ts';
import type { Project } from '../project/project.ts';
import { commitOf, moveRef } from './ancestry.ts';
import { checkOut } from './check-out.ts';
import { clearFolder } from './clear-folder.ts';
import { worktreesRoot } from './discard-folder.ts';
import { excludeInRepository } from './excludes.ts';
import { findBranch } from './find-branch.ts';
import { inBranchQueue } from './in-branch-queue.ts';
import { listWorktrees, type RegisteredWorktree } from './list-worktrees.ts';
import { lockReason, lockWorktree, writeMarker } from './marker.ts';
import { openMerge, showTree } from './open-merge.ts';
import { registerWorktree } from './register-worktree.ts';
import { settleLeftover } from './settle-leftover.ts';
import { taskOfBranch, type Worktree, type WorktreePlace } from './worktree.ts';

export interface WorktreeWish {
  readonly run: string;
  /** Short name. */
  readonly branch: string;
  /** `<worktrees>/<branch>`, absolute. */
  readonly path: string;
  /** Main's tip. */
  readonly tip: string;
  /** Why git must leave it alone, for people who look at `git worktree list`. */
  readonly reason: string;
  /** From rota.yaml: ignored paths of an unusable earlier worktree that need no rescue. */
  readonly disposable?: readonly string[];
}

/**
 * Makes a run's worktree with a new branch at main's tip, or goes on with the branch (and the worktree) that an earlier run
 * left, with main merged in. Files are checked out through the neutral directory: no hook or filter of anybody runs. The
 * worktree is locked for git until the run ends.
 *
 * @throws RotaError `locked` when a person has the branch checked out, `stale` when an earlier run has not ended
 */
export async function makeWorktree(project: Project, wish: WorktreeWish): Promise<Worktree> {
  return inBranchQueue(project, wish.branch, async () => {
    await refuseLinks(project, wish.path);
    await hideFolder(project, wish);
    const kept = await settlePlace(project, wish);
    const here = await commitOf(project, `refs/heads/${wish.branch}`);
    const existing = await findExisting(project, wish, kept);
    const place = kept ?? (await addWorktree(project, wish, existing));
    if (kept !== null) {
      await lockWorktree(project.system, place.adminDir, lockReason(wish.run, wish.reason));
      // The branch has just moved to where it is on the remote: a folder that stayed behind would take that back.
      if (here !== null && existing !== null && existing !== here)
        await showTree(project, place, { from: here, to: existing, stages: [] });
    } else await checkOut(project, place, existing ?? wish.tip);
    const merge = existing === null ? null : await openMerge(project, place, wish.tip);
    await writeMarker(project.system, place.adminDir, { run: wish.run, ready: true });
    const tip =
      existing === null ? wish.tip : ((await commitOf(project, `refs/heads/${wish.branch}`)) ?? existing);
    const { path, adminDir, branch } = place;
    const leftBy = kept?.leftBy ?? null;
    return { path, adminDir, branch, base: wish.tip, tip, resumed: existing !== null, leftBy, merge };
  });
}

/** While the branch may move under it, a kept folder is not to be gone on with by anybody who finds it after a crash. */
async function findExisting(
  project: Project,
  { run, branch }: WorktreeWish,
  kept: WorktreePlace | null,
): Promise<string | null> {
  if (kept === null) return findBranch(project, branch);
  await writeMarker(project.system, kept.adminDir, { run, ready: false });
  try {
    return await findBranch(project, branch);
  } catch (error) {
    await writeMarker(project.system, kept.adminDir, { run, ready: true });
    throw error;
  }
}

/** What is made and removed below a link is somebody else's folder, or will be. */
async function refuseLinks({ system, repository }: Project, path: string): Promise<void> {
  const link = await linkOnTheWay(system.files, repository.root, path);
  if (link === null) return;
  throw new RotaError(
    'files',
    `${link} is a symbolic link: rota makes and removes worktrees there and follows no link.`,
    `If worktrees are behind it, move them back in the link's place; else rm '${link}'`,
  );
}

/** People's `git status` does not show the worktrees. */
async function hideFolder(project: Project, wish: WorktreeWish): Promise<void> {
  const { system, repository } = project;
  const folder = relative(repository.root, worktreesRoot(wish));
  if (repository.bare || folder === '' || folder.startsWith('..')) return;
  await excludeInRepository(system, repository, `/${folder}/`);
}

type KeptPlace = WorktreePlace & { readonly leftBy: string };

/** The worktree of an earlier run to go on with; null: the place is free. */
async function settlePlace(project: Project, wish: WorktreeWish): Promise<KeptPlace | null> {
  const { system, repository } = project;
  const { run, branch, path, disposable = [] } = wish;
  const task = taskOfBranch(branch);
  const all = await listWorktrees(system, repository);
  const inUse = all.find(({ branches }) => branches.includes(branch));
  if (inUse !== undefined && inUse.marker === null) throw takenByPerson(branch, inUse);
  const tip = (await commitOf(project, `refs/heads/${branch}`)) ?? wish.tip;
  let place: KeptPlace | null = null;
  for (const left of new Set([inUse, all.find((one) => one.path === path)])) {
    if (left === undefined) continue;
    if (left.marker === null) throw takenByPerson(branch, left);
    const settled = await settleLeftover(project, { left, task, run, branch, tip, disposable });
    if (settled !== null) place = { ...settled, leftBy: left.marker.run };
  }
  if (place !== null || (await system.files.facts(path)) === null) return place;
  const unknown = { path, branch, adminDir: join(repository.gitDir, 'worktrees', '.none') };
  await clearFolder(project, task, unknown, { ready: true, disposable });
  return null;
}

function takenByPerson(branch: string, { path, branches }: RegisteredWorktree): RotaError {
  const what = branches.includes(branch)
    ? `The branch ${branch} is checked out`
    : 'A worktree of somebody else is';
  return new RotaError(
    'locked',
    `${what} in ${path ?? 'another worktree'}.`,
    `Switch that checkout to another branch, then run it again.`,
  );
}

/** Makes the branch, if it is new, and an empty worktree on it. */
async function addWorktree(
  project: Project,
  wish: WorktreeWish,
  existing: string | null,
): Promise<WorktreePlace> {
  const change = { from: null, to: wish.tip, why: `rota: run ${wish.run}` };
  if (existing === null && !(await moveRef(project, `refs/heads/${wish.branch}`, change)))
    throw new RotaError(
      'stale',
      `The branch ${wish.branch} was made by somebody else just now.`,
      'Run it again.',
    );
  return registerWorktree(project, wish);
}
