import type { HeldRecord, TaskRecord } from '../../src/plan/record.ts';
import type { Task, TaskKey } from '../../src/task/task.ts';
import type { VirtualTime } from './virtual-time.ts';
import type { Wish } from './wish.ts';

/** What a machine sees of the remote at one moment. */
export interface View {
  /** Counts moves of main. */
  readonly main: number;
  /** Counts those that changed more than the backlog. */
  readonly code: number;
  readonly tasks: readonly Task[];
  readonly records: ReadonlyMap<TaskKey, HeldRecord>;
  /** Who lands now; null: nobody has the turn. */
  readonly landing: string | null;
}

/** A task that a worker has. */
export interface Held {
  readonly task: Task;
  token: string;
  readonly record: TaskRecord;
  /** Somebody else has it by now. */
  lost: boolean;
  over: boolean;
}

/** One transaction: all or nothing, by compare-and-swap. */
export interface Change {
  readonly key: TaskKey;
  /** Token that must still be there; null: no record. */
  readonly from: string | null;
  /** Null: the record is deleted. */
  readonly to: TaskRecord | null;
  /** Main must be there, and moves. */
  readonly main?: { readonly from: number; readonly code: boolean; readonly done: boolean };
  /** The turn to land, which must still be there and is given back. */
  readonly turn?: string;
}

export type Answer =
  | { readonly kind: 'swapped'; readonly token: string }
  | { readonly kind: 'stale' | 'unreachable' };

/** The git remote that all machines share: reads side by side, pushes one after the other. */
export interface SimulatedRemote {
  read(): Promise<View | null>;
  push(change: Change): Promise<Answer>;
  /** Takes the turn to land, shows that its holder lives, or gives it back. */
  turn(from: string | null, take: boolean): Promise<Answer>;
  readonly landed: ReadonlyMap<TaskKey, number>;
  readonly counts: { trips: number; pushes: number; busy: number };
}

export function simulatedRemote(time: VirtualTime, wish: Wish, tasks: readonly Task[]): SimulatedRemote {
  let backlog = tasks;
  let main = 0;
  let code = 0;
  let records: ReadonlyMap<TaskKey, HeldRecord> = new Map();
  let landing: string | null = null;
  let tokens = 0;
  let free = 0;
  const landed = new Map<TaskKey, number>();
  const counts = { trips: 0, pushes: 0, busy: 0 };
  const isDown = () => wish.outage !== null && time.now() >= wish.outage.from && time.now() < wish.outage.to;

  function swap({ key, from, to, main: move, turn }: Change): Answer {
    const there = records.get(key)?.token ?? null;
    if (turn !== undefined && landing !== turn) return { kind: 'stale' };
    if (there !== from || (move !== undefined && move.from !== main)) return { kind: 'stale' };
    const token = `t${++tokens}`;
    const next = new Map(records);
    if (to === null) next.delete(key);
    else next.set(key, { token, record: to } as HeldRecord);
    records = next;
    if (turn !== undefined) landing = null;
    if (move !== undefined) {
      main += 1;
      if (move.code) code += 1;
      if (move.done) {
        landed.set(key, (landed.get(key) ?? 0) + 1);
        backlog = backlog.map((task) => (task.key === key ? { ...task, status: 'done' } : task));
      }
    }
    return { kind: 'swapped', token };
  }

  function swapTurn(from: string | null, take: boolean): Answer {
    if (landing !== from) return { kind: 'stale' };
    const token = `t${++tokens}`;
    landing = take ? token : null;
    return { kind: 'swapped', token };
  }

  /** One after the other. */
  async function pushed(act: () => Answer): Promise<Answer> {
    counts.trips += 1;
    await time.wait(wish.trip / 2);
    if (isDown()) return { kind: 'unreachable' };
    free = Math.max(free, time.now()) + wish.service;
    counts.pushes += 1;
    counts.busy += wish.service;
    await time.wait(free - time.now());
    const answer = act();
    await time.wait(wish.trip / 2);
    return answer;
  }

  return {
    landed,
    counts,
    read: async () => {
      counts.trips += 1;
      await time.wait(wish.trip);
      return isDown() ? null : { main, code, tasks: backlog, records, landing };
    },
    push: (change) => pushed(() => swap(change)),
    turn: (from, take) => pushed(() => swapTurn(from, take)),
  };
}
