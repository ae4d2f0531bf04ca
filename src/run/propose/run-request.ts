import { agentFor } from '../../agent/agent-for.ts';
import { RotaError } from '../../errors.ts';
import type { PullRequest } from '../../forge/forge.ts';
import { emptyRecord } from '../../plan/empty-record.ts';
import type { HeldRecord } from '../../plan/record.ts';
import { agentOf } from '../../role/agent-of.ts';
import { findRole } from '../../role/find-role.ts';
import type { Role } from '../../role/role.ts';
import { taskRef } from '../../store/records/task-ref.ts';
import type { Task, TaskKey } from '../../task/task.ts';
import { reasonToRest } from '../claim/claim.ts';
import { lockOf } from '../claim/lock-of.ts';
import { readOwnRest } from '../claim/own-rest.ts';
import type { Claim } from '../claim/take-lock.ts';
import { livenessOf, readLiveness } from '../project/liveness.ts';
import { maskedProject } from '../project/masked-project.ts';
import type { Project } from '../project/project.ts';
import { readSnapshot, type Snapshot } from '../project/snapshot.ts';
import { sweep } from '../sweep/sweep.ts';
import type { RunResult } from '../work/run-result.ts';
import { startStopwatch } from '../work/stopwatch.ts';
import { idleResult, noAgent, runRole, workAndRelease } from '../work/worker.ts';
import { forgeOf } from './open-request.ts';
import { fetchRequest } from './request-in-work.ts';
import { requestTask, requestText } from './request-task.ts';
import { returnToWork } from './return-to-work.ts';
import { workOnRequest } from './work-on-request.ts';

export interface RequestWish {
  readonly role: string;
  /** Number or address. */
  readonly request: string;
  readonly stop: AbortSignal;
}

/**
 * `rota run ROLE --pr N`: one attempt at an existing pull request, whoever opened it, pushed back to its branch. One that is
 * open for a task of the backlog goes on as that task's.
 *
 * @throws RotaError `usage`, `config`, `role`, `remote`, `forge`; `locked` when a worker has it
 */
export async function runRequest(project: Project, wish: RequestWish): Promise<RunResult> {
  const watch = startStopwatch(project.system.clock);
  const run = project.system.random.id();
  const snapshot = await readSnapshot(project, true);
  const role = findRole(wish.role, snapshot);
  const worker = agentOf(role, snapshot.config);
  if (worker === null) throw noAgent(role);
  const forge = await forgeOf(project, snapshot.config.pullRequest.forge);
  const request = await forge.find(wish.request);
  const own = taskOf(snapshot, request);
  if (own !== null) {
    await returnToWork(project, own, request);
    return runRole(project, { role: wish.role, only: own, except: new Set(), stop: wish.stop });
  }

  const at = await fetchRequest(project, request);
  // Naming a request is a person's word: a role that paused itself does it.
  const rest = { ...(await readOwnRest(project, snapshot, role)), pause: null };
  const liveness = await readLiveness(project, snapshot.records);
  const why = await reasonToRest(project, snapshot, role, liveness, rest);
  if (why !== null) return idleResult(run, role, why, watch);
  const claim = await watch.time('claim', () => claimRequest(project, wish, { run, role, request }));
  const masked = maskedProject(project, claim.snapshot.config);
  const agent = await agentFor(masked.project.system, worker.name, worker.agent);
  const start = { run, role, claim, agent, requirement: worker.result, watch, request: true };
  return workAndRelease(masked, wish, start, (active) => workOnRequest(active, at));
}

/** The task whose request it is; null: it is nobody's. */
function taskOf({ records, backlog }: Snapshot, { branch, fork }: PullRequest): TaskKey | null {
  if (fork !== null) return null;
  for (const [key, { record }] of records)
    if (record?.proposal?.branch === branch && backlog.byKey.has(key)) return key;
  return null;
}

interface Claiming {
  readonly run: string;
  readonly role: Role;
  readonly request: PullRequest;
}

/** A record of its own, like a task's, so that of two workers only one has it. */
async function claimRequest(
  project: Project,
  { stop }: RequestWish,
  { run, role, request }: Claiming,
): Promise<Claim> {
  const task = requestTask(request);
  let snapshot = await readSnapshot(project, true);
  refuseTask(snapshot, task);
  let held = snapshot.records.get(task.key) ?? null;
  if ((await lifeOf(project, held)) === 'dead') {
    await sweep(project, { dryRun: false, discard: null, only: 'this-machine', stop });
    snapshot = await readSnapshot(project, true);
    held = snapshot.records.get(task.key) ?? null;
  }
  if ((await lifeOf(project, held)) !== 'free') throw taken(task, held);
  const branch = `ai/${role.name}/${task.id}`;
  const previous = held?.record ?? null;
  const lock = lockOf(project, { run, role }, branch);
  const record = { ...(previous ?? emptyRecord(task.id)), lock, state: null, reason: null };
  const token = await project.records.write(record, { previous: held?.token ?? null });
  const swapped = await project.refs.swap([{ ref: taskRef(task.key), from: held?.token ?? null, to: token }]);
  if (swapped.kind === 'stale') throw taken(task, held);
  if (swapped.kind !== 'swapped')
    throw new RotaError('remote', `The lock could not be taken: ${swapped.reason}`, 'Run it again.');
  const { main } = snapshot.view;
  return {
    task,
    text: requestText(request),
    branch,
    record,
    token,
    main,
    previous,
    snapshot,
    settled: false,
  };
}

async function lifeOf(project: Project, held: HeldRecord | null): Promise<'free' | 'held' | 'dead'> {
  if (held === null) return 'free';
  if (held.record === null) return 'held';
  const { lock } = held.record;
  if (lock === null) return 'free';
  return (await livenessOf(project, lock, null)) === 'dead' ? 'dead' : 'held';
}

/** Ids of the backlog may look like that; then requests cannot have records beside them. */
function refuseTask({ backlog }: Snapshot, { id, key }: Task): void {
  if (!backlog.byKey.has(key) && !backlog.unusable.has(key)) return;
  throw new RotaError(
    'task',
    `The backlog has a task ${id}, and the lock on this pull request would have the same name.`,
    `Rename that task's id, or run the role on the task itself.`,
  );
}

function taken({ id }: Task, held: HeldRecord | null): RotaError {
  const lock = held?.record?.lock ?? null;
  const by = lock === null ? 'another run' : `${lock.role} (${lock.by})`;
  return new RotaError('locked', `Pull request ${id.slice(3)} is worked on by ${by}.`, 'Wait for it to end.');
}
