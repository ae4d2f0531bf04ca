import { join } from 'node:path';
import { RotaError } from '../../errors.ts';
import type { Outcome } from '../../events.ts';
import type { HeldRecord, LockRecord } from '../../plan/record.ts';
import { isDead } from '../../store/home/owner.ts';
import type { Repository } from '../../store/repository.ts';
import { linkOnTheWay } from '../../system/link-on-the-way.ts';
import type { System } from '../../system/ports.ts';
import type { TaskKey } from '../../task/task.ts';
import { judgeHolder } from '../project/liveness.ts';
import type { Project } from '../project/project.ts';
import { type RunFacts, readRunFacts, runsFolder } from '../project/run-folder.ts';
import { requestStop } from './stop-request.ts';

/** What became of a wish to end one run. */
export interface StopEnd {
  readonly task: string;
  readonly run: string;
  readonly role: string;
  readonly by: string;
  readonly host: string;
  readonly branch: string;
  readonly worktree: string | null;
  /**
   * `stopped`: it is over, and the lock is given back. `slow`: it was told, and still ends. `left`: it is gone, and its lock is
   * not given back. `dead`: it was gone before. `elsewhere`: another machine's or container's. `unsure`: that the process is
   * the worker cannot be proved, so it was not told.
   */
  readonly kind: 'stopped' | 'slow' | 'left' | 'dead' | 'elsewhere' | 'unsure';
  /** Why, as half a sentence; null when there is nothing to say. */
  readonly reason: string | null;
  readonly outcome: Outcome | null;
}

export interface StopWish {
  /** The worker itself, by SIGTERM, with a shift that it works for; else only these runs of it. */
  readonly whole: boolean;
  /** Called for each run that is told, before the waiting begins. */
  telling(task: string): void;
}

/** Milliseconds that a worker gets to end its agent and put its work away. */
const PATIENCE = 60_000;
const PAUSE = 100;

/**
 * Ends running workers in order: each is proved to be the process that took the lock, told, and waited for until its lock is
 * given back. Its work is kept.
 *
 * @param records of the tasks whose runs shall end
 */
export async function stopRuns(
  project: Project,
  records: ReadonlyMap<TaskKey, HeldRecord>,
  wish: StopWish,
): Promise<StopEnd[]> {
  const locks = [...records].flatMap(([key, { record }]) =>
    record === null || record.lock === null || record.state === 'reserved'
      ? []
      : [{ key, task: record.task, lock: record.lock }],
  );
  const judged = await Promise.all(locks.map((one) => judge(project, one)));
  const told = await tell(project, judged, wish);
  return Promise.all(judged.map((one) => (told.has(one) ? settled(project, one) : endOf(one))));
}

interface Locked {
  readonly key: TaskKey;
  readonly task: string;
  readonly lock: LockRecord;
}

interface Judged extends Locked {
  /** Null: it may be told. */
  readonly no: { readonly kind: StopEnd['kind']; readonly reason: string } | null;
  readonly facts: RunFacts | null;
}

/** Only what is proved is told: the lock's process lives, and this machine's own notes of the run name the same one. */
async function judge(project: Project, locked: Locked): Promise<Judged> {
  const { system, repository } = project;
  const { lock } = locked;
  const no = (kind: StopEnd['kind'], reason: string): Judged => ({ ...locked, no: { kind, reason }, facts });
  const facts = await readRunFacts(system, repository, lock.run);
  if (lock.machine !== system.machine.id || lock.machine === '')
    return no('elsewhere', `its worker runs on ${lock.host}`);
  if (lock.pidNamespace !== system.machine.pidNamespace)
    return no('elsewhere', `its worker runs in another container on ${lock.host}`);
  const { verdict, reason } = await judgeHolder(project, lock, null);
  if (verdict === 'dead') return no('dead', reason);
  const found = await system.processTable.facts(lock.pid);
  const same = (other: Pick<LockRecord, 'pid' | 'started' | 'boot'>) =>
    other.pid === lock.pid && other.started === lock.started && other.boot === lock.boot;
  const proved = found.kind === 'alive' && found.started === lock.started && lock.started !== '';
  if (!proved || lock.boot !== system.machine.boot)
    return no('unsure', `that process ${lock.pid} is its worker cannot be proved`);
  if (facts === null || !same(facts))
    return no('unsure', "this machine's own notes of the run name another worker");
  return { ...locked, no: null, facts };
}

async function tell(
  { system, repository }: Project,
  judged: readonly Judged[],
  { whole, telling }: StopWish,
): Promise<ReadonlySet<Judged>> {
  const wanted = judged.filter(({ no }) => no === null);
  const signalled = new Set<number>();
  for (const { task, lock } of wanted) {
    telling(task);
    if (!whole) await requestStop(system, await folderOf(system, repository, lock.run));
    else if (!signalled.has(lock.pid)) {
      signalled.add(lock.pid);
      system.processTable.signal(lock.pid, 'SIGTERM', false);
    }
  }
  return new Set(wanted);
}

/** The folder of a run, as rota made it: below a link of an agent's it would be somewhere else. */
async function folderOf({ files }: System, repository: Repository, run: string): Promise<string> {
  const folder = join(runsFolder(repository), run);
  const link = await linkOnTheWay(files, repository.gitDir, folder);
  if (link === null) return folder;
  throw new RotaError('files', `${link} is a symbolic link.`, `rm '${link}'`);
}

/** Waits until the run is over, and looks whether its lock is given back. */
async function settled(project: Project, judged: Judged): Promise<StopEnd> {
  const { system, repository } = project;
  const { clock } = system;
  const started = clock.monotonic();
  let facts = judged.facts;
  while (facts !== null && facts.ended === null && !(await isDead(system, facts))) {
    if (clock.monotonic() - started > PATIENCE)
      return endOf(judged, 'slow', `it was told ${PATIENCE / 1000} s ago and is still putting its work away`);
    await clock.wait(PAUSE);
    facts = await readRunFacts(system, repository, judged.lock.run);
  }
  // A run that has just died may have noted its end before.
  const last = (await readRunFacts(system, repository, judged.lock.run)) ?? facts;
  const outcome = last?.outcome ?? null;
  const { tasks } = await project.refs.read();
  const token = tasks.get(judged.key);
  const lock = token === undefined ? null : ((await project.records.readOne(token)).record?.lock ?? null);
  if (lock?.run === judged.lock.run)
    return endOf(judged, 'left', 'it ended without giving its lock back', outcome);
  return endOf(judged, 'stopped', null, outcome);
}

function endOf(
  { task, lock, facts, no }: Judged,
  kind: StopEnd['kind'] = no?.kind ?? 'unsure',
  reason: string | null = no?.reason ?? null,
  outcome: Outcome | null = null,
): StopEnd {
  const { run, role, by, host, branch } = lock;
  return { task, run, role, by, host, branch, worktree: facts?.worktree ?? null, kind, reason, outcome };
}
