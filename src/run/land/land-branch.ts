import { RotaError } from '../../errors.ts';
import type { Role } from '../../role/role.ts';
import { listCheckouts } from '../../store/home/checkouts.ts';
import type { Task, TaskKey } from '../../task/task.ts';
import { plainText } from '../../task/text.ts';
import { taskOrThrow } from '../backlog/edit-task.ts';
import type { Project } from '../project/project.ts';
import { readSnapshot, type Snapshot } from '../project/snapshot.ts';
import type { RunResult } from '../work/run-result.ts';
import { changedPaths, withPrivateIndex } from '../worktree/private-index.ts';
import { acceptance } from './acceptance.ts';
import { landTask } from './land-task.ts';

export interface LandBranchWish {
  readonly key: TaskKey;
  /** Short name of a branch that a person prepared; null: the task's own `ai/<role>/<ID>…`. */
  readonly branch: string | null;
  /** A person's reason to accept what the contract holds back. */
  readonly accept: string | null;
  readonly stop: AbortSignal;
}

/**
 * `rota land`: gates a task's branch and lands it, under the same contract as a run.
 *
 * @throws RotaError `task`, `usage` for a branch that is not there, `locked`
 */
export async function landBranch(project: Project, wish: LandBranchWish): Promise<RunResult> {
  const snapshot = await readSnapshot(project, true);
  const task = taskOrThrow(snapshot, wish.key);
  if (task.status !== 'ready') {
    throw new RotaError(
      'task',
      `${task.id} is ${task.status}; only a ready task lands.`,
      `rota edit ${task.id} status=ready`,
    );
  }
  const branch = wish.branch ?? (await ownBranch(project, task));
  const tip = await tipOf(project, branch);
  await refuseUncommitted(project, branch, tip);
  const role = roleOf(snapshot, task, branch);
  const work = {
    added: [],
    words: null,
    commit: null,
    summary: null,
    agent: `none: landed by ${project.system.environment.by}`,
    gated: null,
    accept: wish.accept === null ? null : acceptance(wish.accept),
  };
  return landTask(project, snapshot, { key: wish.key, task, role, branch, tip, work, stop: wish.stop });
}

async function ownBranch(project: Project, task: Task): Promise<string> {
  const { system, repository } = project;
  const listed = await system.git.text(repository.place, [
    'for-each-ref',
    '--format=%(refname:lstrip=2)',
    '--sort=-committerdate',
    'refs/heads/ai/',
  ]);
  const found = listed.split('\n').filter((name) => {
    const last = name.split('/')[2] ?? '';
    return last === task.id || last.startsWith(`${task.id}-`);
  });
  if (found[0] !== undefined) return found[0];
  throw new RotaError(
    'usage',
    `There is no branch of work on ${task.id} here (ai/<role>/${task.id}-…).`,
    `Name it: rota land ${task.id} --branch <branch>`,
  );
}

async function tipOf(project: Project, branch: string): Promise<string> {
  const { system, repository } = project;
  const tip = await system.git.text(
    repository.place,
    ['rev-parse', '--verify', '--quiet', '--end-of-options', `refs/heads/${branch}^{commit}`],
    { ok: [0, 1, 128] },
  );
  if (/^[0-9a-f]{40,64}$/.test(tip)) return tip;
  throw new RotaError('usage', `There is no branch ${branch} in this repository.`, 'git branch lists them.');
}

/** Only what is committed lands: a checkout of the branch must have nothing else. */
async function refuseUncommitted(project: Project, branch: string, tip: string): Promise<void> {
  const checkouts = await listCheckouts(project.system, project.repository);
  const place = checkouts.find((checkout) => checkout.branch === `refs/heads/${branch}` && !checkout.missing);
  if (place === undefined) return;
  const [dirty] = await withPrivateIndex(project, place.path, tip, changedPaths);
  if (dirty === undefined) return;
  throw new RotaError(
    'usage',
    `${place.path} has changes that are not committed on ${branch} (${plainText(dirty.path)}); they would not land.`,
    'Commit them there, or take them out, and run it again.',
  );
}

/** The role whose contract counts: the branch's, else the task's. */
function roleOf({ roles }: Snapshot, task: Task, branch: string): Role {
  const name = /^ai\/([^/]+)\//.exec(branch)?.[1] ?? task.role;
  const found =
    roles.find((role) => role.name === name) ?? roles.find((role) => role.takes.type.includes(task.type));
  if (found !== undefined) return found;
  throw new RotaError(
    'role',
    `No role takes tasks of type ${task.type}, so there is no contract to land ${task.id} under.`,
    'rota check',
  );
}
