import { join } from 'node:path';
import { RotaError } from '../../errors.ts';
import { makeCommit } from '../../store/make-commit.ts';
import { treeOf } from '../../store/tree-of.ts';
import { mergeBacklog } from '../land/merge-backlog.ts';
import { readSides } from '../land/sides.ts';
import type { Project } from '../project/project.ts';
import { commitOf, isAncestor, moveRef } from './ancestry.ts';
import { installIndex } from './check-out.ts';
import { filesInTheWay } from './files-in-the-way.ts';
import { type ConflictStage, type LabelledMerge, mergeLabelled } from './merge-labelled.ts';
import { type PrivateIndex, withPrivateIndex } from './private-index.ts';
import { rescue } from './rescue.ts';
import { type OpenedMerge, taskOfBranch, type WorktreePlace } from './worktree.ts';

/**
 * Merges a commit of main into a worktree's branch. What merges is committed; with conflicts the merge is left open, as after
 * `git merge`: markers in the files, both sides in the index, and `git add` and `git commit` conclude it. The worktree's work
 * must be committed before (commitLeftovers).
 *
 * @returns null when the branch has that commit already
 */
export async function openMerge(
  project: Project,
  worktree: WorktreePlace,
  main: string,
): Promise<OpenedMerge | null> {
  const ref = `refs/heads/${worktree.branch}`;
  const tip = await commitOf(project, ref);
  if (tip === null)
    throw new RotaError(
      'git',
      `The branch ${worktree.branch} is gone.`,
      'Run the task again: it starts anew.',
    );
  if (await isAncestor(project, main, tip)) return null;
  if (await isAncestor(project, tip, main)) {
    await showTree(project, worktree, { from: tip, to: main, stages: [] });
    return finish(project, worktree, { tip, to: main, main });
  }
  const merged = await mergeWithBacklog(project, worktree, tip, main);
  const { stages } = merged;
  await showTree(project, worktree, { from: tip, to: merged.tree, stages });
  if (stages.length === 0) {
    const commit = await makeMergeCommit(project, worktree, merged.tree, [tip, main]);
    return finish(project, worktree, { tip, to: commit, main });
  }
  await leaveOpen(project, worktree, tip, main);
  return { commit: main, conflicts: [...new Set(stages.map(({ path }) => path))] };
}

type Merge = Pick<LabelledMerge, 'tree' | 'stages'>;

/** Task files that both sides changed are merged by key on top: rota writes into them on main while an agent works. */
async function mergeWithBacklog(
  project: Project,
  { branch }: WorktreePlace,
  tip: string,
  main: string,
): Promise<Merge> {
  const merged = await mergeLabelled(
    project,
    { name: branch, commit: tip },
    { name: project.branch, commit: main },
  );
  const backlog = await mergeBacklog(project, await readSides(project, main, tip));
  if (backlog.texts.size === 0) return merged;
  const { system, neutral, identity } = project;
  const changes = [...backlog.texts].map(([path, content]) => ({ path, content }));
  const commit = await makeCommit(system, neutral.place, {
    tree: merged.tree,
    parents: [tip],
    changes,
    message: 'merge\n',
    identity,
  });
  const tree = await treeOf(project, commit);
  return { tree, stages: merged.stages.filter(({ path }) => !backlog.texts.has(path)) };
}

interface TreeStep {
  readonly from: string;
  readonly to: string;
  readonly stages: readonly ConflictStage[];
}

/** Brings files and index from one tree to the other. Ignored and untracked files in the way are rescued first. */
export async function showTree(
  project: Project,
  worktree: WorktreePlace,
  { from, to, stages }: TreeStep,
): Promise<void> {
  const files = await filesInTheWay(project, worktree.path, from, to);
  if (files.length > 0) await rescue(project, { task: taskOfBranch(worktree.branch), worktree, files });
  await withPrivateIndex(project, worktree.path, from, async (index) => {
    // The gentle way overwrites ignored files, but not untracked ones.
    const gentle = await index.git(['read-tree', '-m', '-u', from, to], { ok: [0, 1, 128] });
    if (gentle.code !== 0) await index.git(['read-tree', '--reset', '-u', to]);
    if (stages.length > 0) await addStages(index, stages);
    await installIndex(project, worktree, index.file);
  });
}

async function addStages(index: PrivateIndex, stages: readonly ConflictStage[]): Promise<void> {
  const paths = [...new Set(stages.map(({ path }) => path))];
  const none = '0'.repeat(stages[0]!.oid.length);
  const lines = [
    ...paths.map((path) => `0 ${none}\t${path}\0`),
    ...stages.map(({ mode, oid, stage, path }) => `${mode} ${oid} ${stage}\t${path}\0`),
  ];
  await index.git(['update-index', '-z', '--index-info'], { input: lines.join('') });
}

function makeMergeCommit(
  project: Project,
  worktree: WorktreePlace,
  tree: string,
  parents: string[],
): Promise<string> {
  const { system, neutral, identity } = project;
  const message = mergeMessage(project, worktree);
  return makeCommit(system, neutral.place, { tree, parents, changes: [], message, identity });
}

async function finish(
  project: Project,
  { branch }: WorktreePlace,
  { tip, to, main }: { tip: string; to: string; main: string },
): Promise<OpenedMerge> {
  const why = `rota: merge ${project.branch}`;
  if (await moveRef(project, `refs/heads/${branch}`, { from: tip, to, why }))
    return { commit: main, conflicts: [] };
  throw new RotaError(
    'stale',
    `The branch ${branch} moved while ${project.branch} was merged into it.`,
    'Run it again.',
  );
}

async function leaveOpen(
  project: Project,
  worktree: WorktreePlace,
  tip: string,
  main: string,
): Promise<void> {
  const { files } = project.system;
  await files.write(join(worktree.adminDir, 'ORIG_HEAD'), `${tip}\n`);
  await files.write(join(worktree.adminDir, 'MERGE_MODE'), '');
  await files.write(join(worktree.adminDir, 'MERGE_MSG'), mergeMessage(project, worktree));
  await files.write(join(worktree.adminDir, 'MERGE_HEAD'), `${main}\n`);
}

function mergeMessage(project: Project, { branch }: WorktreePlace): string {
  return `chore: merge ${project.branch} into ${branch}\n`;
}
