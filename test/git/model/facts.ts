import type { Outcome } from '../../../src/plan/outcome.ts';

/** Attempts that the role of the model has. */
const ATTEMPTS = 2;
/** Minutes after which a lock that stood still may be taken by another machine. */
const STANDSTILL = 15;

/** A task as main and its record should say; what a person wrote and what machines did. */
export interface TaskFacts {
  readonly id: string;
  there: boolean;
  file: string;
  title: string;
  body: string;
  status: string;
  order: number | null;
  /** Whose lock block the file shows: a run's, a person's, nobody's. */
  block: { readonly run: string } | 'person' | null;
  record: RecordFacts | null;
  landings: number;
}

interface RecordFacts {
  /** The worker that holds the lock. */
  holder: WorkerFacts | null;
  attempts: number;
  state: 'blocked' | null;
  /** contentOf the task as rota last saw or wrote it. */
  of: string;
  /** The wall clock, in hours, of the machine where the last run failed; nobody picks it before that hour is over. */
  failedAt: number | null;
  /** Counts changes: what another machine sees of a renewal. */
  revision: number;
}

/** One process that took a task. */
export interface WorkerFacts {
  readonly run: string;
  readonly machine: number;
  readonly task: TaskFacts;
  /** The commit that shows its block is on main. */
  readonly published: boolean;
  /** What the task said, and what main had, when it was claimed. */
  readonly words: string;
  readonly orders: ReadonlyMap<string, number | null>;
  readonly files: ReadonlyMap<string, string | null>;
  alive: boolean;
  /** Its run is over, in whatever way. */
  over: boolean;
  landed: boolean;
}

export interface MachineFacts {
  /** Hours that its wall clock is off. */
  wall: number;
  /** Minutes that its monotonic clock has gone on. */
  minutes: number;
  /** What its sweeps saw of other machines' locks: task -> revision and since when. */
  seen: Map<string, { readonly revision: number; readonly at: number }>;
  /** What its gate last said about main. */
  verdict: { readonly code: string; readonly red: boolean } | null;
}

/** All that should be true: a few plain values. */
export interface Facts {
  readonly tasks: TaskFacts[];
  readonly machines: MachineFacts[];
  workers: WorkerFacts[];
  /** Files outside the backlog that came after the first commit; `broken` makes the gate red. */
  readonly code: Set<string>;
  paused: { all: boolean; developer: boolean };
}

export function newFacts(ids: readonly string[], machines: number): Facts {
  return {
    tasks: ids.map((id) => ({
      ...{ id, there: true, file: `backlog/${id}-greet.md`, title: `Greet ${id}`, body: 'Say hello.' },
      ...{ status: 'ready', order: null, block: null, record: null, landings: 0 },
    })),
    machines: Array.from({ length: machines }, () => ({
      ...{ wall: 0, minutes: 0, seen: new Map(), verdict: null },
    })),
    workers: [],
    code: new Set(),
    paused: { all: false, developer: false },
  };
}

/** What a person decides in the file. */
export function contentOf({ title, body, status, order }: TaskFacts): string {
  return JSON.stringify({ title, body, status, order });
}

export function wordsOf({ title, body }: TaskFacts): string {
  return JSON.stringify({ title, body });
}

export function codeOf({ code }: Facts): string {
  return [...code].sort().join(' ');
}

export function isRed({ code }: Facts): boolean {
  return code.has('broken');
}

function isEdited(task: TaskFacts): boolean {
  return task.record !== null && task.record.of !== contentOf(task);
}

/** Workers that live and have not ended their run. */
export function working({ workers }: Facts): WorkerFacts[] {
  return workers.filter(({ alive, over }) => alive && !over);
}

/** The dead whose locks a machine can prove dead. */
export function deadOn({ tasks }: Facts, machine: number): TaskFacts[] {
  return tasks.filter(({ record }) => record?.holder?.alive === false && record.holder.machine === machine);
}

/** What `machine` may pick now, best first; null: it rests. */
export function eligible(facts: Facts, machine: number): TaskFacts[] | null {
  const { paused, tasks, machines } = facts;
  const { wall, verdict } = machines[machine]!;
  if (paused.all || paused.developer) return null;
  if (verdict?.red === true && verdict.code === codeOf(facts)) return null;
  const free = tasks.filter((task) => {
    const { there, status, block, record } = task;
    if (!there || status !== 'ready' || block === 'person' || record?.holder) return false;
    if (record === null || isEdited(task)) return true;
    if (record.state === 'blocked' || record.attempts >= ATTEMPTS) return false;
    return record.failedAt === null || wall > record.failedAt;
  });
  const rank = ({ order }: TaskFacts) => order ?? Number.POSITIVE_INFINITY;
  return free.toSorted((a, b) => (rank(a) === rank(b) ? 0 : rank(a) - rank(b)) || a.id.localeCompare(b.id));
}

/** A worker takes a task. */
export function claim(facts: Facts, machine: number, task: TaskFacts, run: string, published: boolean): void {
  const before = task.record;
  const fresh = before === null || isEdited(task);
  const holder: WorkerFacts = {
    ...{ run, machine, task, published, words: wordsOf(task), alive: true, over: false, landed: false },
    orders: new Map(facts.tasks.map(({ id, order }) => [id, order])),
    files: new Map(facts.tasks.map(({ id, there, file }) => [id, there ? file : null])),
  };
  task.record = {
    holder,
    attempts: fresh ? 0 : before.attempts,
    state: fresh ? null : before.state,
    of: contentOf(task),
    failedAt: fresh ? null : before.failedAt,
    revision: (before?.revision ?? 0) + 1,
  };
  if (published) task.block = { run };
  facts.workers.push(holder);
}

/** Why a person's word on main ends the run; null: it goes on. */
export function isRevoked({ task, run, published }: WorkerFacts): boolean {
  if (!task.there || task.status !== 'ready' || task.block === 'person') return true;
  return published && task.block?.run !== run;
}

/** The run lets go of its task. */
export function release(facts: Facts, worker: WorkerFacts, outcome: Outcome): void {
  const { task, machine } = worker;
  const { record } = task;
  worker.over = true;
  if (record === null || record.holder !== worker) return;
  const counts = ['red', 'conflict', 'partial', 'blocked'].includes(outcome);
  record.attempts += counts ? 1 : 0;
  const stops = outcome === 'blocked' || (counts && record.attempts >= ATTEMPTS);
  const keeps = ['failed', 'interrupted', 'main-red'].includes(outcome);
  record.state = stops ? 'blocked' : keeps ? record.state : null;
  record.failedAt = outcome === 'failed' ? facts.machines[machine]!.wall : null;
  free(task, worker, outcome !== 'revoked', stops);
}

function free(task: TaskFacts, worker: WorkerFacts, cleans: boolean, blocks: boolean): void {
  const record = task.record!;
  record.holder = null;
  record.revision += 1;
  if (!task.there || !cleans) return;
  const edited = isEdited(task);
  const ours = task.block !== null && task.block !== 'person' && task.block.run === worker.run;
  if (blocks && !edited && task.status === 'ready' && (task.block === null || ours)) task.status = 'blocked';
  if (ours) task.block = null;
  if (!edited) record.of = contentOf(task);
}

/** A sweep on `machine`; `watches`: it also looks at other machines' locks. */
export function sweep(facts: Facts, machine: number, watches: boolean): void {
  const here = facts.machines[machine]!;
  const seen: MachineFacts['seen'] = new Map();
  for (const task of facts.tasks) {
    const { record } = task;
    const holder = record?.holder;
    if (!record || !holder) continue;
    let dead = holder.machine === machine && !holder.alive;
    if (holder.machine !== machine && watches) {
      const known = here.seen.get(task.id);
      const same = known?.revision === record.revision ? known : null;
      seen.set(task.id, same ?? { revision: record.revision, at: here.minutes });
      dead = same !== null && here.minutes - same.at >= STANDSTILL;
    }
    if (!dead) continue;
    record.failedAt = null;
    free(task, holder, true, false);
  }
  if (watches) here.seen = seen;
  for (const task of facts.tasks) {
    const { block, record, there } = task;
    if (there && block !== null && block !== 'person' && record?.holder?.run !== block.run) task.block = null;
  }
}

/** A person takes a lock off with rota: the worker's as well. */
export function takeOff({ record }: TaskFacts): void {
  if (!record?.holder) return;
  record.holder = null;
  record.revision += 1;
}
