import { parseTaskId } from '../../task/id.ts';
import type { Project } from '../project/project.ts';
import { commitOf } from '../worktree/ancestry.ts';
import { taskOfBranch } from '../worktree/worktree.ts';
import { lookInto, type Rescued } from './list-rescues.ts';
import type { RescueRef } from './rescue-refs.ts';
import { treeDifference } from './tree-difference.ts';

/** A rescue, beside what is there now. */
export interface ShownRescue extends Rescued {
  /** Commits that only this rescue keeps: no branch has them. */
  readonly onlyHere: number;
  /** How it differs from the task's branch, or from main when there is none. */
  readonly against: Against | null;
  /** Paths of its files that are the same there already. */
  readonly same: readonly string[];
}

export interface Against {
  /** Short name of the branch. */
  readonly name: string;
  readonly commit: string;
  readonly files: number;
  readonly insertions: number;
  readonly deletions: number;
}

/** Looks into one rescue, and compares it with the task's branch or main. */
export async function showRescue(project: Project, rescue: RescueRef): Promise<ShownRescue> {
  const looked = await lookInto(project, rescue);
  if (looked.problem !== null) return { ...looked, onlyHere: 0, against: null, same: [] };
  const other = await otherSide(project, rescue);
  const [onlyHere, differs] = await Promise.all([
    countOnlyHere(project, rescue.commit),
    treeDifference(project, other.commit, rescue.commit),
  ]);
  const different = new Set(differs.map(({ path }) => path));
  const sum = (counts: readonly (number | null)[]) =>
    counts.reduce<number>((all, one) => all + (one ?? 0), 0);
  return {
    ...looked,
    onlyHere,
    against: {
      ...other,
      files: differs.length,
      insertions: sum(differs.map(({ insertions }) => insertions)),
      deletions: sum(differs.map(({ deletions }) => deletions)),
    },
    same: looked.files.map(({ path }) => path).filter((path) => !different.has(path)),
  };
}

/** The branch that it came from, the task's newest branch of rota's, or main. */
async function otherSide(project: Project, { branch, task }: RescueRef) {
  const names = [...(branch === null ? [] : [branch]), ...(await branchesOf(project, task))];
  for (const name of names) {
    const commit = await commitOf(project, `refs/heads/${name}`);
    if (commit !== null) return { name, commit };
  }
  return { name: project.branch, commit: (await project.refs.last()).main };
}

async function branchesOf({ system, repository }: Project, task: string): Promise<string[]> {
  if (parseTaskId(task) === null) return [];
  const args = ['for-each-ref', '--sort=-committerdate', '--format=%(refname:lstrip=2)', 'refs/heads/ai/'];
  const text = await system.git.text(repository.place, args);
  return text.split('\n').filter((name) => name !== '' && parseTaskId(taskOfBranch(name)) === task);
}

async function countOnlyHere({ system, repository }: Project, commit: string): Promise<number> {
  const others = ['--not', '--branches', '--remotes', '--tags', '--glob=refs/rota/seen/heads'];
  return Number(await system.git.text(repository.place, ['rev-list', '--count', commit, ...others]));
}
