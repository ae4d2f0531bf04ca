import { NO_MASK } from '../../../src/agent/mask.ts';
import { claimTask } from '../../../src/run/claim/claim.ts';
import type { HeldLock } from '../../../src/run/claim/held-lock.ts';
import { keepLock, type LostLock } from '../../../src/run/claim/keep-lock.ts';
import { publishLock } from '../../../src/run/claim/publish-lock.ts';
import { landOrUnreserve } from '../../../src/run/land/land-or-unreserve.ts';
import type { Project } from '../../../src/run/project/project.ts';
import { openRunFolder } from '../../../src/run/project/run-folder.ts';
import { readSnapshot } from '../../../src/run/project/snapshot.ts';
import { forgetStreaks } from '../../../src/run/streak/streak-store.ts';
import { startMeter } from '../../../src/run/usage/meter.ts';
import type { ActiveRun, Ending } from '../../../src/run/work/active-run.ts';
import { endingOfLanding } from '../../../src/run/work/ending-of-landing.ts';
import { NO_PROPOSALS } from '../../../src/run/work/propose-tasks.ts';
import { releaseRun } from '../../../src/run/work/release-run.ts';
import { startStopwatch } from '../../../src/run/work/stopwatch.ts';
import { makeCommit, type TreeChange } from '../../../src/store/make-commit.ts';
import { taskWords } from '../../../src/task/task-words.ts';
import { sandbox } from '../../support/repo.ts';
import { type Hub, type HubKind, openHub } from './machines.ts';

/** Everything that the model is compared with. */
export interface World extends Hub {
  /** Workers by run. */
  readonly workers: Map<string, ModelWorker>;
  readonly kind: HubKind;
  /** Main now. */
  main(): string;
  claim(machine: number): Promise<ModelWorker | string>;
  /** A person's commit on main: path -> text, null deletes. */
  commit(message: string, files: Readonly<Record<string, string | null>>): Promise<void>;
  close(): Promise<void>;
}

export interface ModelWorker {
  readonly run: string;
  readonly active: ActiveRun;
  die(): void;
}

const ROLE = `---
role: developer
takes: {type: [feature, bug, chore]}
agent: mine
may-edit: ["**", "!backlog/**", "!roles/**", "!rota.yaml"]
may-set: [order]
fixes: 0
attempts: 2
---
Do it well.
`;
const CONFIG = `gate: ["test ! -e broken && test ! -e bad"]
agents: {mine: {command: ["true"]}}
workers: 64
`;

/** @param publish whether locks are shown in the task files */
export async function openWorld(
  kind: HubKind,
  tasks: Readonly<Record<string, string>>,
  publish: 'claim' | 'off',
): Promise<World> {
  const box = sandbox();
  const files = {
    'rota.yaml': `${CONFIG}publish: ${publish}\n`,
    'roles/developer.md': ROLE,
    'src/greet.txt': 'hello\n',
    ...tasks,
  };
  const hub = await openHub(box, kind, files);
  const workers = new Map<string, ModelWorker>();
  const main = () =>
    hub.memory?.named.get('refs/heads/main') ?? hub.shared.git('rev-parse', 'refs/heads/main');
  return {
    ...hub,
    kind,
    workers,
    main,
    claim: async (machine) => {
      const made = await startWorker(hub, machine);
      if (typeof made !== 'string') workers.set(made.run, made);
      return made;
    },
    commit: (message, changed) => commitAsPerson(hub, kind, message, changed),
    close: async () => {
      for (const { project } of hub.machines) await project.close();
      box.dispose();
    },
  };
}

/** Picks and claims as `rota run developer` does, up to where its agent would start. */
async function startWorker({ machines }: Hub, machine: number): Promise<ModelWorker | string> {
  const { project, end } = machines[machine]!.start();
  const run = project.system.random.id();
  const snapshot = await readSnapshot(project, true);
  const role = snapshot.roles[0]!;
  const settings = { config: snapshot.config, roles: snapshot.roles, problems: snapshot.problems };
  const claimed = await claimTask(project, {
    ...{ run, role, only: null, except: new Set(), stop: new AbortController().signal },
    known: { main: snapshot.view.main, settings },
  });
  if (claimed.kind === 'idle') {
    end();
    return claimed.reason;
  }
  const { claim } = claimed;
  const about = { run, role: role.name, task: claim.task.id, branch: claim.branch };
  const lock: HeldLock = { key: claim.task.key, run, record: claim.record, token: claim.token };
  await publishLock(project, lock, claim);
  let gates = 0;
  const active: ActiveRun = {
    ...{ project, id: run, role, claim, requirement: 'optional', worktree: null, met: null },
    ...{ workplace: null, looked: null, session: null, mask: NO_MASK },
    agent: {
      name: 'mine',
      description: 'scripted',
      login: [],
      turn: () => Promise.reject(new Error('no turn')),
    },
    lock,
    folder: await openRunFolder(project.system, project.repository, about),
    watch: startStopwatch(project.system.clock),
    stop: new AbortController().signal,
    lost: () => null,
    nextGate: () => ++gates,
    meter: startMeter({
      ...{ place: project, run, role: role.name, task: claim.task.id, key: claim.task.key, agent: 'mine' },
      ...{ budgets: [], tell: () => undefined },
    }),
    tell: () => undefined,
    step: () => undefined,
  };
  return { run, active, die: end };
}

/** One renewal by the real keeper of locks. */
export async function renew({ active }: ModelWorker): Promise<LostLock | null> {
  const over = new AbortController();
  const { project, lock } = active;
  let waits = 0;
  const clock = {
    ...project.system.clock,
    wait: async () => {
      waits += 1;
      if (waits > 1) over.abort();
    },
  };
  let lost: LostLock | null = null;
  const keeping: Project = { ...project, system: { ...project.system, clock } };
  await keepLock(keeping, lock satisfies HeldLock, over.signal, (what) => {
    lost = what;
  });
  return lost;
}

export async function giveUp({ active, die }: ModelWorker, ending: Ending): Promise<void> {
  await releaseRun(active, ending);
  await resume(active);
  die();
}

/** Commits these files on the worker's branch, and lands it. */
export async function landWork(
  worker: ModelWorker,
  changes: readonly TreeChange[],
): Promise<{ readonly outcome: string; readonly reason: string }> {
  const { active, die } = worker;
  const { project, claim, role, lock, folder, stop, nextGate } = active;
  const { system, neutral, identity, repository } = project;
  const message = `feat(${claim.task.id}): work\n`;
  const tip = await makeCommit(system, neutral.place, {
    ...{ tree: null, parents: [claim.main], changes, message, identity },
  });
  await system.git.run(repository.place, ['update-ref', `refs/heads/${claim.branch}`, tip]);
  const end = await landOrUnreserve(project, {
    ...{ lock, role, branch: claim.branch, tip, words: taskWords(claim.text), proposals: NO_PROPOSALS },
    ...{ commit: null, summary: null, agent: 'mine: scripted', gated: null, accept: null },
    ...{ folder: folder.path, nextGate, stop },
  });
  const result = await releaseRun(active, endingOfLanding(end));
  await resume(active);
  die();
  const details = end.kind === 'red' ? end.failure : null;
  return { outcome: result.outcome, reason: [result.reason, details].filter(Boolean).join('\n') };
}

async function commitAsPerson(
  { desk, memory, machines }: Hub,
  kind: HubKind,
  message: string,
  files: Readonly<Record<string, string | null>>,
): Promise<void> {
  if (memory !== null) {
    const { system, neutral, identity } = machines[0]!.project;
    const main = memory.named.get('refs/heads/main')!;
    const changes = Object.entries(files).map(([path, content]) => ({ path, content }));
    const commit = await makeCommit(system, neutral.place, {
      ...{ tree: null, parents: [main], changes, message: `${message}\n`, identity },
    });
    memory.named.set('refs/heads/main', commit);
    return;
  }
  if (kind === 'remote') desk.git('pull', '-q', '--ff-only');
  const gone = Object.keys(files).filter((path) => files[path] === null);
  if (gone.length > 0) desk.git('rm', '-q', '--', ...gone);
  const written = Object.entries(files).flatMap(([path, text]) => (text === null ? [] : [[path, text]]));
  desk.commit(message, Object.fromEntries(written));
  if (kind === 'remote') desk.git('push', '-q', 'origin', 'main');
}

/** A role that lands nothing rests; here a person always lets it go on, for the model is about locks. */
async function resume({ project }: ActiveRun): Promise<void> {
  await forgetStreaks(project, null);
}
