import type { LockRecord, TaskRecord } from '../../plan/record.ts';
import type { Why } from '../../run/why/read-why.ts';
import type { WhyEvent } from './why-events.ts';
import { whyEvents } from './why-events.ts';

/** `rota why --json`. The keys are stable: add, never rename. */
export interface WhyDocument {
  readonly id: string;
  readonly title: string | null;
  readonly file: string | null;
  readonly now: WhyNow;
  /** On this machine, oldest first. */
  readonly runs: readonly WhyRun[];
  readonly rescues: readonly { readonly name: string; readonly files: number; readonly bytes: number }[];
  /** Oldest first. */
  readonly events: readonly WhyEvent[];
  /** Older events that were left out. */
  readonly omitted: number;
  /** What could not be read. */
  readonly problems: readonly string[];
}

export interface WhyNow {
  /** All of it in a sentence. */
  readonly words: string;
  /** As stored in the file; null: no file that can be read. */
  readonly status: string | null;
  readonly picked: Why['picked'];
  /** Why nobody picks anything; null: nothing stands in everything's way. */
  readonly rest: string | null;
  readonly lock: WhyLock | null;
  /** A person's own block in the file, or one that a run left there. */
  readonly block: { readonly run: string | null; readonly by: string | null } | null;
  readonly state: TaskRecord['state'];
  readonly attempts: number;
  readonly reason: string | null;
  readonly notBefore: string | null;
  readonly waiting: TaskRecord['waiting'];
  /** Address of its pull request, or `branch NAME`. */
  readonly pr: string | null;
  readonly publish: string | null;
  readonly notes: TaskRecord['notes'];
}

export interface WhyLock
  extends Pick<LockRecord, 'run' | 'role' | 'by' | 'host' | 'since' | 'branch' | 'pid'> {
  /** Null: cannot be told from here. */
  readonly alive: boolean | null;
  /** How that is known. */
  readonly proof: string;
}

export interface WhyRun {
  readonly run: string;
  readonly role: string | null;
  readonly by: string | null;
  readonly since: string | null;
  readonly ended: string | null;
  readonly outcome: string | null;
  readonly state: 'running' | 'ended' | 'died' | 'unknown';
  readonly branch: string | null;
  readonly worktree: string | null;
  readonly folder: string;
  readonly files: readonly string[];
}

/** Newest events that a document has. */
const MOST_EVENTS = 5000;

export function whyDocument(why: Why, unusable: string | null): WhyDocument {
  const events = whyEvents(why);
  const damaged = why.sweepLinesDamaged;
  return {
    id: why.task?.id ?? why.held?.record?.task ?? why.key,
    title: why.task?.title ?? null,
    file: why.task?.file ?? null,
    now: nowOf(why, unusable),
    runs: why.runs.map(runOf),
    rescues: why.rescues.map(({ name, files, bytes }) => ({ name, files: files.length, bytes })),
    events: events.slice(-MOST_EVENTS),
    omitted: Math.max(0, events.length - MOST_EVENTS),
    problems: [
      ...(why.held?.problem === undefined ? [] : [why.held.problem]),
      ...why.runs.flatMap(({ run, problems }) => problems.map((problem) => `run ${run}: ${problem}`)),
      ...why.rescues.flatMap(({ name, problem }) => (problem === null ? [] : [`rescue ${name}: ${problem}`])),
      ...(damaged > 0 ? [`${damaged} lines of the log of sweeps cannot be read`] : []),
    ],
  };
}

function nowOf(why: Why, unusable: string | null): WhyNow {
  const { task, held, picked, rest } = why;
  const record = held?.record ?? null;
  return {
    words: wordsOf(why, unusable),
    status: task?.status ?? null,
    ...{ picked, rest },
    lock: lockOf(why),
    block: task?.lock == null ? null : { run: task.lock.run, by: task.lock.by },
    state: record?.state ?? null,
    attempts: record?.attempts ?? 0,
    reason: record?.reason ?? null,
    notBefore: record?.notBefore ?? null,
    waiting: record?.waiting ?? null,
    pr: record?.pr ?? null,
    publish: record?.publish ?? null,
    notes: record?.notes ?? [],
  };
}

function lockOf({ held, holder }: Why): WhyLock | null {
  const lock = held?.record?.lock ?? null;
  if (lock === null || holder === null) return null;
  const { run, role, by, host, since, branch, pid } = lock;
  const alive = holder.verdict === 'unknown' ? null : holder.verdict === 'live';
  return { run, role, by, host, since, branch, pid, alive, proof: holder.reason };
}

function wordsOf(why: Why, unusable: string | null): string {
  const { task, held, picked, rest, landings } = why;
  if (unusable !== null) return `not picked: ${unusable}`;
  if (held !== null && held.record === null) return `held: ${held.problem ?? 'its record cannot be read'}`;
  const lock = lockOf(why);
  if (lock !== null) {
    const who = `${lock.role} (${lock.by})`;
    if (lock.alive === false) return `its worker, ${who}, died: ${lock.proof}; rota sweep frees it`;
    return `${who} works on it: ${lock.proof}`;
  }
  if (task === null) return held === null ? 'main has no such task any more' : 'main has no file of it';
  if (task.status === 'done') {
    const landed = landings.find(({ landing }) => landing !== null);
    return landed === undefined ? 'done' : `done: landed as ${landed.commit.slice(0, 10)}`;
  }
  const taker = picked.find(({ eligible }) => eligible);
  if (taker !== undefined)
    return rest === null ? `ready: ${taker.role} takes it (${taker.reason})` : `not picked: ${rest}`;
  return `not picked: ${picked.map(({ reason }) => reason).join('; ') || 'there is no role'}`;
}

function runOf({ run, folder, facts, state, files }: Why['runs'][number]): WhyRun {
  return {
    ...{ run, folder, state, files },
    role: facts?.role ?? null,
    by: facts?.by ?? null,
    since: facts?.since ?? null,
    ended: facts?.ended ?? null,
    outcome: facts?.outcome ?? null,
    branch: facts?.branch ?? null,
    worktree: facts?.worktree ?? null,
  };
}
