import { join, relative } from 'node:path';
import { RotaError } from '../../errors.ts';
import type { Project } from '../project.ts';
import { commitOf } from './ancestry.ts';
import { checkOut } from './check-out.ts';
import { clearFolder } from './clear-folder.ts';
import { worktreesRoot } from './discard-folder.ts';
import { excludeInRepository } from './excludes.ts';
import { findBranch } from './find-branch.ts';
import { inBranchQueue } from './in-branch-queue.ts';
import { listWorktrees, type RegisteredWorktree } from './list-worktrees.ts';
import { lockReason, lockWorktree, writeMarker } from './marker.ts';
import { openMerge } from './open-merge.ts';
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
    await hideFolder(project, wish);
    const kept = await settlePlace(project, wish);
    const existing = await findBranch(project, wish.branch);
    const place = kept ?? (await addWorktree(project, wish, existing));
    await writeMarker(project.system, place.adminDir, { run: wish.run, ready: false });
    await lockWorktree(project.system, place.adminDir, lockReason(wish.run, wish.reason));
    if (kept === null) await checkOut(project, place, existing ?? wish.tip);
    const merge = existing === null ? null : await openMerge(project, place, wish.tip);
    await writeMarker(project.system, place.adminDir, { run: wish.run, ready: true });
    const tip =
      existing === null ? wish.tip : ((await commitOf(project, `refs/heads/${wish.branch}`)) ?? existing);
    return { ...place, base: wish.tip, tip, resumed: existing !== null, merge };
  });
}

/** People's `git status` does not show the worktrees. */
async function hideFolder(project: Project, wish: WorktreeWish): Promise<void> {
  const { system, repository } = project;
  const folder = relative(repository.root, worktreesRoot(wish));
  if (repository.bare || folder === '' || folder.startsWith('..')) return;
  await excludeInRepository(system, repository, `/${folder}/`);
}

/** The worktree of an earlier run to go on with; null: the place is free. */
async function settlePlace(project: Project, wish: WorktreeWish): Promise<WorktreePlace | null> {
  const { system, repository } = project;
  const { run, branch, path, disposable = [] } = wish;
  const task = taskOfBranch(branch);
  const all = await listWorktrees(system, repository);
  const inUse = all.find(({ branches }) => branches.includes(branch));
  if (inUse !== undefined && inUse.marker === null) throw takenByPerson(branch, inUse);
  const tip = (await commitOf(project, `refs/heads/${branch}`)) ?? wish.tip;
  let place: WorktreePlace | null = null;
  for (const left of new Set([inUse, all.find((one) => one.path === path)])) {
    if (left === undefined) continue;
    if (left.marker === null) throw takenByPerson(branch, left);
    place = (await settleLeftover(project, { left, task, run, branch, tip, disposable })) ?? place;
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

const TRIES = 6;

async function addWorktree(
  project: Project,
  wish: WorktreeWish,
  existing: string | null,
): Promise<WorktreePlace> {
  const { system, repository } = project;
  const { run, branch, path, tip, reason } = wish;
  const flags = ['--no-checkout', '--lock', '--reason', lockReason(run, reason)];
  const fresh = ['--no-track', '-b', branch, '--', path, tip];
  let what = existing === null ? fresh : ['--', path, branch];
  for (let tries = 1; ; tries++) {
    const args = ['worktree', 'add', '--quiet', ...flags, ...what];
    const said = await system.git.run(repository.place, args, { ok: [0, 128, 255] });
    if (said.code === 0) break;
    // It makes the branch first.
    if (existing === null)
      what = (await commitOf(project, `refs/heads/${branch}`)) === tip ? ['--', path, branch] : fresh;
    const taken = /already (?:checked out|used by worktree) at '(.*)'/.exec(said.stderr)?.[1];
    if (taken !== undefined)
      throw takenByPerson(branch, { path: taken, branches: [branch], adminDir: '', marker: null });
    // Several at once race for files of git's own.
    const raced = /could not lock|\.lock'|File exists/.test(said.stderr);
    if (!raced || tries === TRIES)
      throw new RotaError('git', `git worktree add failed: ${said.stderr.trim()}`);
    await system.clock.wait(10 * tries + system.random.fraction() * 30);
  }
  const pointer = (await system.files.read(join(path, '.git'))).toString('utf8').trim();
  return { path, branch, adminDir: pointer.replace(/^gitdir: /, '') };
}
