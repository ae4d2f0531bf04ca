import { nextBackoff } from '../../src/plan/backoff.ts';
import { emptyRecord } from '../../src/plan/empty-record.ts';
import { NO_REST } from '../../src/plan/own-rest.ts';
import { pickTask } from '../../src/plan/pick.ts';
import type { LockRecord, TaskRecord } from '../../src/plan/record.ts';
import { spreadOf } from '../../src/plan/spread.ts';
import { judgeLock } from '../../src/plan/staleness.ts';
import type { Role } from '../../src/role/role.ts';
import type { Task, TaskKey } from '../../src/task/task.ts';
import type { Dice } from '../torture/dice.ts';
import { lander } from './lander.ts';
import type { Held, SimulatedRemote, View } from './remote.ts';
import type { Tally } from './tally.ts';
import type { VirtualTime } from './virtual-time.ts';
import { MINUTE, type Wish } from './wish.ts';

/** As the real ones: src/run/claim/keep-lock.ts; `rota schedule` for the pauses between two looks. */
const RENEWAL = 5 * MINUTE;
const LEASE = 15 * MINUTE;
const SWEEP = 10 * MINUTE;
const IDLE = MINUTE;

export interface MachineParts {
  readonly id: string;
  readonly time: VirtualTime;
  readonly remote: SimulatedRemote;
  readonly wish: Wish;
  readonly dice: Dice;
  readonly role: Role;
  readonly tally: Tally;
}

/** A machine of the fleet: its workers and its sweeper, until every task is done or it vanishes. */
export function startMachine(parts: MachineParts): { vanish(): void; ended: Promise<unknown> } {
  const { time, remote, wish, dice, role, tally, id } = parts;
  let gone = false;
  const seen = new Map<TaskKey, { token: string; since: number }>();

  /** What does nothing any more once the machine is gone. */
  async function alive<T>(step: Promise<T>): Promise<T> {
    const value = await step;
    return gone ? new Promise<T>(() => undefined) : value;
  }
  const wait = (ms: number) => alive(time.wait(ms));
  const read = () => alive(remote.read());
  const instant = () => new Date(time.now());
  const land = lander(parts, alive);

  async function work(n: number): Promise<void> {
    await wait(dice.fraction() * 5_000);
    for (let lost = 0, asked = time.now(), waste = 0; ; ) {
      const view = await read();
      if (view?.tasks.every(({ status }) => status === 'done')) return;
      const task = view === null ? null : pick(view, lost);
      if (view === null || task === null) {
        tally.idle += IDLE;
        await wait(IDLE * (0.5 + dice.fraction()));
        [lost, asked, waste] = [0, time.now(), 0];
        continue;
      }
      const held = await claim(view, task, n);
      if (held !== null && (await stillAlone(held))) {
        tally.claimed(time.now() - asked, waste);
        await takeOn(held);
        [lost, asked, waste] = [0, time.now(), 0];
        continue;
      }
      if (held !== null) await release(held, {});
      lost += 1;
      tally.lostClaims += 1;
      waste = time.now() - asked;
      await wait(5 + dice.fraction() * 25 * Math.min(lost, 8));
    }
  }

  function pick(view: View, lost: number, without: TaskKey | null = null): Task | null {
    const records = new Map(view.records);
    if (without !== null) records.delete(without);
    const liveness = (key: TaskKey) =>
      records.get(key)?.record?.lock?.machine === id ? ('live' as const) : ('unknown' as const);
    return pickTask(
      {
        ...{ role, roles: [role], tasks: view.tasks, unusable: new Map(), records, edited: () => false },
        ...{ liveness, landsBySweep: () => false, full: null, rest: NO_REST, now: instant() },
        paused: { all: false, roles: [] },
      },
      without,
      spreadOf({ records, liveness }, lost, dice.fraction()),
    ).task;
  }

  async function claim(view: View, task: Task, n: number): Promise<Held | null> {
    const before = view.records.get(task.key);
    const record: TaskRecord = { ...(before?.record ?? emptyRecord(task.id)), lock: lockOf(task, n) };
    const answer = await alive(remote.push({ key: task.key, from: before?.token ?? null, to: record }));
    if (answer.kind !== 'swapped') return null;
    return { task, token: answer.token, record, lost: false, over: false };
  }

  /** Of two tasks with overlapping `touches` that are claimed at one moment, one is given back. */
  async function stillAlone({ task }: Held): Promise<boolean> {
    if (task.touches.length === 0) return true;
    const view = await read();
    return view === null || pick(view, 0, task.key) !== null;
  }

  async function takeOn(held: Held): Promise<void> {
    const keeping = keep(held);
    const from = time.now();
    await wait(wish.agent * -Math.log(1 - dice.fraction() * 0.999));
    tally.agents += time.now() - from;
    const landed = await land(held);
    held.over = true;
    void keeping;
    if (!landed && !held.lost) {
      const text = 'main moved';
      const note = { run: 'run', at: instant().toISOString(), outcome: 'failed', text };
      const notBefore = nextBackoff(held.record, instant(), dice.fraction());
      await release(held, { notBefore, notes: [...held.record.notes, note].slice(-3) });
      tally.putOff += 1;
    }
  }

  /** Renews, and finds out when somebody else has the task. Who cannot renew for as long as the lock holds stops first. */
  async function keep(held: Held): Promise<void> {
    for (let renewed = time.now(); !held.over; ) {
      await wait(RENEWAL);
      if (held.over) return;
      const answer = await alive(remote.push({ key: held.task.key, from: held.token, to: held.record }));
      if (answer.kind === 'swapped') [held.token, renewed] = [answer.token, time.now()];
      else if (answer.kind === 'stale' || time.now() - renewed > LEASE - RENEWAL) {
        if (!held.over) held.lost = true;
        return;
      }
    }
  }

  async function release(held: Held, change: Partial<TaskRecord>): Promise<void> {
    const to = { ...held.record, ...change, lock: null };
    await alive(remote.push({ key: held.task.key, from: held.token, to }));
  }

  async function sweep(): Promise<void> {
    await wait(dice.fraction() * SWEEP);
    for (;;) {
      const view = await read();
      if (view?.tasks.every(({ status }) => status === 'done')) return;
      for (const [key, { token, record }] of view?.records ?? []) {
        const lock = record?.lock ?? null;
        if (record === null || lock === null) continue;
        const known = seen.get(key);
        if (known?.token !== token) seen.set(key, { token, since: time.now() });
        const { since } = seen.get(key)!;
        const here = {
          machine: id,
          host: id,
          pidNamespace: id,
          boot: id,
          process: { alive: true, started: lock.started },
        };
        if (judgeLock(lock, { ...here, seenUnchangedFor: time.now() - since }).verdict !== 'dead') continue;
        const answer = await alive(remote.push({ key, from: token, to: { ...record, lock: null } }));
        if (answer.kind === 'swapped') tally.takenOver(lock.machine, time.now());
      }
      await wait(SWEEP);
    }
  }

  function lockOf({ id: task }: Task, n: number): LockRecord {
    return {
      ...{ run: `${id}-${n}-${tally.runs++}`, role: role.name, by: `worker@${id}`, host: id, machine: id },
      ...{ pidNamespace: id, boot: id, pid: n, started: '1', pgid: null, branch: `ai/developer/${task}` },
      since: instant().toISOString(),
    };
  }

  const workers = Array.from({ length: wish.workers }, (_, n) => work(n));
  return {
    vanish: () => {
      gone = true;
    },
    ended: Promise.all([...workers, sweep()]),
  };
}
