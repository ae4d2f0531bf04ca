import { join } from 'node:path';
import { RotaError } from '../../errors.ts';
import { makeCommit } from '../../store/make-commit.ts';
import { treeOf } from '../../store/tree-of.ts';
import { plainText } from '../../task/text.ts';
import type { Project } from '../project/project.ts';
import { commitOf, isAncestor, moveRef } from './ancestry.ts';
import { readHeadState } from './head-state.ts';
import { readMarker } from './marker.ts';
import { changedPaths, stagePaths, withPrivateIndex } from './private-index.ts';
import type { WorktreePlace } from './worktree.ts';

export const RESCUE_REFS = 'refs/rota/rescue/';

export interface Rescue {
  /** Task id, or another word that is safe in a ref. */
  readonly task: string;
  readonly worktree: WorktreePlace;
  /** Ignored files that are worth it, from the worktree's root. */
  readonly files: readonly string[];
  /** The folder was looked at and is as its HEAD, index included: only that could be lost. */
  readonly clean?: boolean;
}

/**
 * Keeps what would be lost with a worktree as a commit on `refs/rota/rescue/<task>/<time>`: every change that is not
 * committed, the named ignored files, what was only staged, and commits of a HEAD that is on no branch. Never pushed.
 *
 * @returns the ref; null: there was nothing to lose
 * @throws RotaError `git` when a file cannot be taken: then nothing may be removed
 */
export async function rescue(
  project: Project,
  { task, worktree, files, clean = false }: Rescue,
): Promise<string | null> {
  const { system, neutral, identity } = project;
  const head = await headOf(project, worktree);
  const loose = head.commit !== null && !head.kept ? head.commit : null;
  if (clean) return loose === null ? null : keepOnRescueRef(project, task, loose);
  const staged = await stagedTree(project, worktree);
  const { tree, refused } = await withPrivateIndex(project, worktree.path, head.commit, async (index) => {
    const changed = (await changedPaths(index)).map(({ path }) => path);
    const failed = await stagePaths(index, [...new Set([...changed, ...files])]);
    return { tree: (await index.git(['write-tree'])).text.trim(), refused: failed };
  });
  if (refused.length > 0) throw new RotaError('git', `git cannot take ${refused.slice(0, 3).join(', ')}`);
  const before = head.commit === null ? null : await treeOf(project, head.commit);
  const parents = head.commit === null ? [] : [head.commit];
  const message = await messageOf(project, task, worktree);
  if (staged !== null && staged !== before && staged !== tree) {
    const index = {
      tree: staged,
      parents,
      changes: [],
      message: `rescue: what was staged for ${task}\n`,
      identity,
    };
    const commit = await makeCommit(system, neutral.place, { ...index });
    return keepOnRescueRef(
      project,
      task,
      await makeCommit(system, neutral.place, {
        tree,
        parents: [...parents, commit],
        changes: [],
        message,
        identity,
      }),
    );
  }
  if (tree !== before)
    return keepOnRescueRef(
      project,
      task,
      await makeCommit(system, neutral.place, { tree, parents, changes: [], message, identity }),
    );
  return loose === null ? null : keepOnRescueRef(project, task, loose);
}

/** Says where it was: `rota rescue` reads the trailers. */
async function messageOf(
  { system }: Project,
  task: string,
  { path, adminDir, branch }: WorktreePlace,
): Promise<string> {
  const run = (await readMarker(system, adminDir))?.run ?? null;
  const trailers = [
    `Worktree: ${plainText(path)}`,
    ...(branch === '' ? [] : [`Branch: ${plainText(branch)}`]),
    ...(run === null ? [] : [`Run: ${run}`]),
  ];
  return `rescue: what was left in the worktree of ${task}\n\n${trailers.join('\n')}\n`;
}

/** HEAD's commit, and whether the worktree's branch (which stays) has it. */
async function headOf(
  project: Project,
  worktree: WorktreePlace,
): Promise<{ commit: string | null; kept: boolean }> {
  const state = await readHeadState(project, worktree);
  switch (state.kind) {
    case 'branch':
    case 'unregistered':
      return { commit: state.tip, kept: true };
    case 'ahead':
      return { commit: state.tip, kept: state.tip === state.branchTip };
    case 'no-branch':
      return { commit: null, kept: true };
    case 'elsewhere': {
      const { head, branchTip } = state;
      const kept = head !== null && branchTip !== null && (await isAncestor(project, head, branchTip));
      return { commit: head ?? branchTip, kept: kept || head === null };
    }
    default:
      return state satisfies never;
  }
}

/** The tree of the worktree's own index; null: none, or it holds conflicts. */
async function stagedTree(project: Project, { path, adminDir }: WorktreePlace): Promise<string | null> {
  const { system, neutral } = project;
  const bytes = await system.files.readIfThere(join(adminDir, 'index'));
  if (bytes === null) return null;
  // A copy: write-tree also writes into the index.
  const copy = join(neutral.folder, `index-${system.random.id()}`);
  await system.files.write(copy, bytes);
  const answer = await system.git.run(neutral.at(path, copy), ['write-tree'], { ok: [0, 1, 128] });
  await system.files.removeFile(copy);
  return answer.code === 0 ? answer.stdout.toString('utf8').trim() : null;
}

/** Puts a commit on a new rescue ref. Returns the ref. */
export async function keepOnRescueRef(project: Project, task: string, commit: string): Promise<string> {
  const time = project.system.clock.now().toISOString().slice(0, 19).replace(/[-:]/g, '');
  for (let count = 1; ; count++) {
    const ref = `${RESCUE_REFS}${task}/${time}Z${count === 1 ? '' : `-${count}`}`;
    if (await moveRef(project, ref, { from: null, to: commit, why: 'rota: rescue' })) return ref;
    if ((await commitOf(project, ref)) === commit) return ref;
  }
}
