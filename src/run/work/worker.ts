import { agentFor } from '../../agent/agent-for.ts';
import { RotaError } from '../../errors.ts';
import type { RotaEvent } from '../../events.ts';
import { budgetsOf } from '../../plan/budget.ts';
import { agentOf } from '../../role/agent-of.ts';
import { findRole } from '../../role/find-role.ts';
import type { Role } from '../../role/role.ts';
import { withAgent } from '../../role/with-agent.ts';
import { readSettings } from '../../store/backlog/read-settings.ts';
import type { TaskKey } from '../../task/task.ts';
import { claimTask } from '../claim/claim.ts';
import type { HeldLock } from '../claim/held-lock.ts';
import { keepLock, type LostLock } from '../claim/keep-lock.ts';
import { orStepBack } from '../claim/step-back.ts';
import { originOf, send } from '../project/actor.ts';
import { mainNow } from '../project/main-now.ts';
import { maskedProject } from '../project/masked-project.ts';
import type { Project } from '../project/project.ts';
import { openRunFolder } from '../project/run-folder.ts';
import { tellProblems } from '../project/tell-problems.ts';
import { noteWorked } from '../schedule/last-worked.ts';
import { startMeter } from '../usage/meter.ts';
import { awaitStopRequest } from '../watch/stop-request.ts';
import type { ActiveRun, Ending } from './active-run.ts';
import { releaseRun } from './release-run.ts';
import type { RunResult } from './run-result.ts';
import { type Stopwatch, startStopwatch } from './stopwatch.ts';
import { workOnTask } from './work-on-task.ts';

export interface RunWish {
  readonly role: string;
  /** Instead of the role's own, one of rota.yaml's agents; null or missing: the role's. */
  readonly agent?: string | null;
  /** Only this task. */
  readonly only: TaskKey | null;
  /** Tasks that this shift leaves alone. */
  readonly except: ReadonlySet<TaskKey>;
  /** The files that cannot be read were named already. */
  readonly told?: boolean;
  /** Ends the run in good order; its reason is the signal's name. */
  readonly stop: AbortSignal;
}

/**
 * One attempt of one worker at one task, from picking to releasing (docs/protocols.md, "A run"). Every way it can end is
 * an outcome; only what is wrong before a task is picked is thrown.
 *
 * @throws RotaError `usage` for an unknown role, `config`, `role`, `remote`
 */
export async function runRole(project: Project, wish: RunWish): Promise<RunResult> {
  const result = await attempt(project, wish);
  const why = await noteWorked(project.system, project.repository, result.role, result);
  const origin = { role: result.role, task: null, run: result.run };
  if (why !== null) send(project, origin, { type: 'notice', level: 'warning', message: why });
  return result;
}

async function attempt(project: Project, wish: RunWish): Promise<RunResult> {
  const watch = startStopwatch(project.system.clock);
  const run = project.system.random.id();
  const main = await mainNow(project);
  const settings = await readSettings(project.system, project.repository, main);
  const role = withAgent(findRole(wish.role, settings), wish.agent ?? null, settings.config);
  const worker = agentOf(role, settings.config);
  if (worker === null) throw noAgent(role);
  if (wish.told !== true) await tellProblems(project, main, settings);
  const tell = (event: RotaEvent) => send(project, originOf(run, role, null), event);

  tell({ type: 'step', step: 'claim', state: 'started', detail: null });
  const claimed = await watch.time('claim', () =>
    claimTask(project, {
      ...{ run, role, only: wish.only, except: wish.except, stop: wish.stop },
      known: { main, settings },
    }),
  );
  if (claimed.kind === 'idle') {
    tell({ type: 'outcome', outcome: 'idle', reason: claimed.reason });
    return idleResult(run, role, claimed.reason, watch);
  }
  const { claim } = claimed;
  const masked = maskedProject(project, claim.snapshot.config);
  const agent = await agentFor(masked.project.system, worker.name, worker.agent);
  return workAndRelease(masked, wish, { run, role, claim, agent, requirement: worker.result, watch });
}

type Start = Pick<ActiveRun, 'role' | 'claim' | 'agent' | 'requirement' | 'watch'> & {
  readonly run: string;
  /** It is a pull request without a task of the backlog. */
  readonly request?: boolean;
};

/** Does the work under a lock that is held, renews it meanwhile, and gives it back however the work ends. */
export async function workAndRelease(
  { project, mask }: ReturnType<typeof maskedProject>,
  wish: Pick<RunWish, 'stop'>,
  { run, role, claim, agent, requirement, watch, request = false }: Start,
  work: (active: ActiveRun) => Promise<Ending> = workOnTask,
): Promise<RunResult> {
  const lock: HeldLock = { key: claim.task.key, run, record: claim.record, token: claim.token, request };
  const origin = originOf(run, role, claim.task);
  const over = new AbortController();
  const { stop, lost, lose, end } = stopOf(wish.stop);
  let gates = 0;
  const about = {
    ...{ run, role: role.name, task: claim.task.id, branch: claim.branch },
    limits: { time: role.timeLimit, stall: role.stallLimit },
  };
  const folder = await orStepBack(project, { run, role }, claim, () =>
    openRunFolder(project.system, project.repository, about),
  );
  const recorded = { ...project, emit: folder.recording(project.emit) };
  const tell = (event: RotaEvent) => send(recorded, origin, event);
  const active: ActiveRun = {
    project: recorded,
    mask,
    id: run,
    role,
    agent,
    requirement,
    claim,
    lock,
    folder,
    watch,
    stop,
    lost,
    nextGate: () => ++gates,
    tell,
    step: (step, state, detail = null) => send(recorded, origin, { type: 'step', step, state, detail }),
    worktree: null,
    workplace: null,
    looked: null,
    session: null,
    meter: startMeter({
      ...{
        place: recorded,
        run,
        role: role.name,
        task: claim.task.id,
        key: claim.task.key,
        agent: agent.name,
      },
      ...{ budgets: budgetsOf(role, claim.snapshot.config), tell },
    }),
    met: null,
  };
  active.step('claim', 'done', `${claim.task.title} (${claim.branch})`);
  const keeping = Promise.all([
    keepLock(project, lock, over.signal, lose),
    awaitStopRequest(project.system, folder.path, over.signal, end),
  ]);
  try {
    const { ending, bug } = await endingOf(active, work);
    const result = await releaseRun(active, ending);
    if (bug !== null) throw bug;
    return result;
  } finally {
    over.abort();
    await keeping;
    await folder.settled();
  }
}

/** The work's ending; a bug ends it as `failed`, so that the lock is released before its stack is shown. */
async function endingOf(
  active: ActiveRun,
  work: (active: ActiveRun) => Promise<Ending>,
): Promise<{ ending: Ending; bug: unknown }> {
  try {
    const ending = await workInPlace(active, work);
    const lost = active.lost();
    // What stopped the work was the lost lock, not a person's signal.
    return {
      ending: lost !== null && ending.outcome === 'interrupted' ? { ...ending, ...lost } : ending,
      bug: null,
    };
  } catch (error) {
    if (!(error instanceof RotaError))
      return { ending: { outcome: 'failed', reason: `a bug in rota: ${error}` }, bug: error };
    const reason = error.hint === null ? error.message : `${error.message} ${error.hint}`;
    return { ending: { outcome: error.code === 'locked' ? 'refused' : 'failed', reason }, bug: null };
  }
}

async function workInPlace(active: ActiveRun, work: (active: ActiveRun) => Promise<Ending>): Promise<Ending> {
  try {
    return await work(active);
  } finally {
    await active.workplace?.close();
  }
}

/** One signal for all reasons to stop: the worker is to end, or this run alone is, or its lock is lost. */
function stopOf(wished: AbortSignal): {
  stop: AbortSignal;
  lost: () => LostLock | null;
  lose: (lost: LostLock) => void;
  end: () => void;
} {
  const controller = new AbortController();
  let lost: LostLock | null = null;
  const lose = (why: LostLock) => {
    lost = why;
    controller.abort('lost');
  };
  const end = () => controller.abort('SIGTERM');
  return { stop: AbortSignal.any([wished, controller.signal]), lost: () => lost, lose, end };
}

export function noAgent(role: Role): RotaError {
  return new RotaError(
    'role',
    `Role ${role.name} has no agent that could work.`,
    `Name one of rota.yaml's agents in ${role.file}: agent: <name>`,
  );
}

export function idleResult(run: string, role: Role, reason: string, watch: Stopwatch): RunResult {
  return {
    outcome: 'idle',
    role: role.name,
    task: null,
    run,
    branch: null,
    worktree: null,
    commit: null,
    pr: null,
    reason,
    gate: [],
    usage: null,
    seconds: watch.read(),
  };
}
