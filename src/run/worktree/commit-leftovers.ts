import { join } from 'node:path';
import { makeCommit } from '../../store/make-commit.ts';
import { treeOf } from '../../store/tree-of.ts';
import type { Project } from '../project/project.ts';
import { commitOf, isAncestor, moveRef } from './ancestry.ts';
import { installIndex } from './check-out.ts';
import { type HeadState, readHeadState } from './head-state.ts';
import { changedPaths, type PrivateIndex, stagePaths, withPrivateIndex } from './private-index.ts';
import type { Worktree, WorktreePlace } from './worktree.ts';

export interface Leftovers {
  /** Tip of the branch now. */
  readonly tip: string;
  readonly committed: boolean;
  /** What is wrong with the worktree, in words: a foreign branch, a deleted folder, a file that git cannot take. */
  readonly problem: string | null;
  /** The problem is a foreign branch: what was done there is not this run's to land. */
  readonly foreign?: true;
}

/** State files that `git commit` removes when it concludes something. */
const CONCLUDED = [
  'MERGE_HEAD',
  'MERGE_MODE',
  'MERGE_MSG',
  'CHERRY_PICK_HEAD',
  'REVERT_HEAD',
  'SQUASH_MSG',
  'AUTO_MERGE',
];
const TRIES = 3;

/**
 * Commits everything that is not committed in a worktree on its branch, an open merge included. For when the agent has ended:
 * nothing may write there meanwhile.
 *
 * @param worktree its `tip` (a commit that was on the branch) brings back a branch that was deleted
 */
export async function commitLeftovers(
  project: Project,
  worktree: WorktreePlace & Pick<Worktree, 'tip'>,
  message: string,
): Promise<Leftovers> {
  for (let tries = 0; ; tries++) {
    const state = await attachHead(project, worktree, await readHeadState(project, worktree));
    if (state.kind === 'elsewhere') {
      const { branchTip, problem, foreign } = state;
      const found = { tip: branchTip ?? worktree.tip, committed: false, problem };
      return foreign ? { ...found, foreign } : found;
    }
    const tip = 'tip' in state ? state.tip : null;
    if (tip === null)
      return { tip: worktree.tip, committed: false, problem: `the branch ${worktree.branch} was deleted` };
    if ((await project.system.files.facts(worktree.path))?.kind !== 'folder')
      return { tip, committed: false, problem: 'the worktree folder was deleted' };
    const done = await commitFolder(project, worktree, tip, message);
    if (done === 'stale' && tries < TRIES) continue;
    if (done === 'stale')
      return { tip, committed: false, problem: `the branch ${worktree.branch} keeps moving` };
    const gone = state.kind === 'unregistered' ? "git's files about the worktree were deleted" : null;
    return { ...done, problem: done.problem ?? gone };
  }
}

/** Commits on a detached HEAD become the branch's; a deleted branch comes back. */
async function attachHead(
  project: Project,
  worktree: WorktreePlace & Pick<Worktree, 'tip'>,
  state: HeadState,
): Promise<HeadState> {
  const { branch, adminDir } = worktree;
  const ref = `refs/heads/${branch}`;
  if (state.kind === 'ahead') {
    const change = { from: state.branchTip, to: state.tip, why: 'rota: commits of a detached HEAD' };
    if (state.tip !== state.branchTip && !(await moveRef(project, ref, change)))
      return readHeadState(project, worktree);
    await project.system.files.writeWhole(join(adminDir, 'HEAD'), `ref: ${ref}\n`);
    return { kind: 'branch', tip: state.tip };
  }
  if (state.kind === 'no-branch' || (state.kind === 'unregistered' && state.tip === null)) {
    const tip = await lastTip(project, worktree);
    await moveRef(project, ref, { from: null, to: tip, why: 'rota: the branch was deleted' });
    return readHeadState(project, worktree);
  }
  return state;
}

/** Where the branch was: the newest commit in HEAD's log that is on top of the known tip, else that one. */
async function lastTip(
  project: Project,
  { adminDir, tip }: WorktreePlace & Pick<Worktree, 'tip'>,
): Promise<string> {
  const log = (await project.system.files.readIfThere(join(adminDir, 'logs/HEAD')))?.toString('utf8') ?? '';
  const last = /^[0-9a-f]+ ([0-9a-f]{40,64}) /.exec(log.trimEnd().split('\n').at(-1) ?? '')?.[1];
  const commit = last === undefined ? null : await commitOf(project, last);
  return commit !== null && (await isAncestor(project, tip, commit)) ? commit : tip;
}

async function commitFolder(
  project: Project,
  worktree: WorktreePlace,
  tip: string,
  message: string,
): Promise<Leftovers | 'stale'> {
  return withPrivateIndex(project, worktree.path, tip, async (index) => {
    const changed = await changedPaths(index);
    const refused = await stagePaths(
      index,
      changed.map(({ path }) => path),
    );
    const problem = refused.length === 0 ? null : `git cannot take ${refused.slice(0, 3).join(', ')}`;
    const merged = await openMergeHead(project, worktree, tip);
    const commit = await commitIndex(project, index, { tip, merged, message, dirty: changed.length > 0 });
    const why = 'rota: commit what was left';
    if (
      commit !== null &&
      !(await moveRef(project, `refs/heads/${worktree.branch}`, { from: tip, to: commit, why }))
    )
      return 'stale';
    if ((await project.system.files.facts(worktree.adminDir)) !== null) {
      await conclude(project, worktree);
      await installIndex(project, worktree, index.file);
    }
    return { tip: commit ?? tip, committed: commit !== null, problem };
  });
}

interface IndexCommit {
  readonly tip: string;
  readonly merged: string | null;
  readonly message: string;
  readonly dirty: boolean;
}

/** Null: there is nothing to commit. */
async function commitIndex(
  project: Project,
  index: PrivateIndex,
  { tip, merged, message, dirty }: IndexCommit,
): Promise<string | null> {
  if (!dirty && merged === null) return null;
  const { system, neutral, identity } = project;
  const tree = (await index.git(['write-tree'])).text.trim();
  const before = await treeOf(project, tip);
  if (tree === before && merged === null) return null;
  const parents = merged === null ? [tip] : [tip, merged];
  return makeCommit(system, neutral.place, {
    tree,
    parents,
    changes: [],
    message: `${message.trimEnd()}\n`,
    identity,
  });
}

/** The other side of an open merge; one that is on the branch already, or is no commit, does not count. */
async function openMergeHead(
  project: Project,
  { adminDir }: WorktreePlace,
  tip: string,
): Promise<string | null> {
  const text =
    (await project.system.files.readIfThere(join(adminDir, 'MERGE_HEAD')))?.toString('utf8').trim() ?? '';
  if (!/^[0-9a-f]{40,64}$/.test(text)) return null;
  const other = await commitOf(project, text);
  return other === null || (await isAncestor(project, other, tip)) ? null : other;
}

async function conclude(project: Project, { adminDir }: WorktreePlace): Promise<void> {
  const { files } = project.system;
  for (const name of CONCLUDED) {
    const file = join(adminDir, name);
    if ((await files.facts(file)) !== null) await files.removeFile(file);
  }
}
