import { readTrailers } from '../../plan/landing-trailers.ts';
import { parseTaskId } from '../../task/id.ts';
import type { Project } from '../project/project.ts';
import type { Snapshot } from '../project/snapshot.ts';
import { isAncestor, moveRef } from '../worktree/ancestry.ts';
import { inBranchQueue } from '../worktree/in-branch-queue.ts';
import { isBranchUsed } from '../worktree/is-branch-used.ts';
import { taskOfBranch } from '../worktree/worktree.ts';
import { failureOf } from './failure.ts';
import type { Sweeping } from './sweeping.ts';

/** A branch of rota's that is still there, here or on the remote. */
interface LeftBranch {
  /** Short name. */
  readonly branch: string;
  readonly tip: string;
  readonly where: 'here' | 'remote';
}

/**
 * Deletes the branches of runs that landed and died before they could: those whose tip main has, and that a landing on main names.
 * A branch whose task is worked on (it has a record), or that is checked out somewhere, stays.
 */
export async function removeLandedBranches(sweeping: Sweeping, snapshot: Snapshot): Promise<void> {
  const { project, options, add } = sweeping;
  const { main } = snapshot.view;
  for (const left of await leftBranches(sweeping)) {
    const { branch, where } = left;
    const task = taskOfBranch(branch);
    const key = parseTaskId(task);
    if (key === null || snapshot.records.has(key)) continue;
    const name = where === 'here' ? 'the branch' : 'its branch on the remote';
    const say = (list: 'removed' | 'kept', reason: string) => add(list, { task, branch, reason });
    try {
      if (!(await hasLanded(project, left, main))) continue;
      if (options.dryRun) say('removed', `${name} has landed; it would be removed`);
      else if (where === 'remote') {
        const why = (await project.branches?.remove(`refs/heads/${branch}`, main)) ?? null;
        if (why === null) say('removed', `${name} has landed`);
        else say('kept', `${name} has landed, but could not be removed: ${why}`);
      } else if (await removeHere(project, left)) say('removed', `${name} has landed`);
    } catch (error) {
      say('kept', `whether ${name} has landed could not be found out: ${failureOf(error)}`);
    }
  }
}

/** The remote is asked once; where it does not answer, its branches wait for the next sweep. */
async function leftBranches({ project, options }: Sweeping): Promise<LeftBranch[]> {
  const { system, repository, branches } = project;
  const args = ['for-each-ref', '--format=%(objectname) %(refname:lstrip=2)', 'refs/heads/ai/'];
  const here = (await system.git.text(repository.place, args)).split('\n').filter((line) => line !== '');
  const there = options.dryRun || branches === null ? null : await branches.list('refs/heads/ai/');
  const lines: [string, LeftBranch['where']][] = [
    ...here.map((line): [string, 'here'] => [line, 'here']),
    ...[...(there ?? [])].map(([ref, tip]): [string, 'remote'] => [
      `${tip} ${ref.slice('refs/heads/'.length)}`,
      'remote',
    ]),
  ];
  return lines.map(([line, where]) => {
    const space = line.indexOf(' ');
    return { tip: line.slice(0, space), branch: line.slice(space + 1), where };
  });
}

async function hasLanded(project: Project, { branch, tip }: LeftBranch, main: string): Promise<boolean> {
  const { git } = project.system;
  const { place } = project.repository;
  // A commit of the remote's that is not here cannot be in main, which is here.
  if ((await git.objects(place, 'info', [tip]))[0] === null) return false;
  if (!(await isAncestor(project, tip, main))) return false;
  const args = ['log', '--first-parent', '--no-show-signature', '-z', '--format=%B', `${tip}..${main}`];
  const landings = (await git.text(place, args)).split('\0');
  return landings.some((message) => {
    const trailers = readTrailers(message);
    return trailers.has('Run') && trailers.get('Branch')?.[0] === branch;
  });
}

/** A run that has taken the branch up meanwhile has claimed its task first, so the records are read after the branch. */
async function removeHere(project: Project, { branch, tip }: LeftBranch): Promise<boolean> {
  const key = parseTaskId(taskOfBranch(branch));
  return inBranchQueue(project, branch, async () => {
    if (await isBranchUsed(project, branch)) return false;
    if (key === null || (await project.refs.read()).tasks.has(key)) return false;
    return moveRef(project, `refs/heads/${branch}`, { from: tip, to: null, why: 'rota: landed' });
  });
}
