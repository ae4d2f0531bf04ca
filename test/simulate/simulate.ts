import { parseRole } from '../../src/role/parse-role.ts';
import { taskKey } from '../../src/task/id.ts';
import type { Task } from '../../src/task/task.ts';
import { type Dice, dice } from '../torture/dice.ts';
import { startMachine } from './machine.ts';
import { simulatedRemote } from './remote.ts';
import { startTally, type Tally } from './tally.ts';
import { virtualTime } from './virtual-time.ts';
import { MINUTE, type Wish } from './wish.ts';

/** How a simulated fleet did. */
export interface Simulated {
  readonly wish: Wish;
  readonly tally: Tally;
  /** Until the last task landed; null: it never did. */
  readonly took: number | null;
  /** Until three quarters had landed: what follows is mostly the last tasks of a few workers. */
  readonly tookMost: number;
  /** Tasks that landed more than once; none may. */
  readonly twice: number;
  readonly missing: number;
  readonly trips: number;
  /** Share of the time in which the remote was busy with pushes. */
  readonly busy: number;
}

const LONGEST = 40 * 24 * 60 * MINUTE;
const FOLDERS = 5;
export const MOST = 0.75;

/** Lets a fleet work through a backlog, with the decisions of the real one and everything else made up. */
export async function simulate(wish: Wish): Promise<Simulated> {
  const time = virtualTime();
  const rolls = dice(wish.seed);
  const tally = startTally();
  const tasks = makeTasks(wish, rolls.split());
  const remote = simulatedRemote(time, wish, tasks);
  const parsed = parseRole(
    'roles/developer.md',
    '---\nrole: developer\ntakes: {type: [feature]}\nagent: a\n---\nx\n',
  );
  if (!('role' in parsed)) throw new Error('the role cannot be read');
  const { role } = parsed;
  let last = 0;
  let most = 0;
  const machines = Array.from({ length: wish.machines }, (_, n) => {
    const id = `m${n}`;
    const machine = startMachine({ id, time, remote, wish, dice: rolls.split(), role, tally });
    return { id, ...machine };
  });
  // Which vanish, and when: while there is work, and never all of them.
  for (const { id, vanish } of machines.slice(0, Math.min(wish.vanish, wish.machines - 1))) {
    void time.wait(rolls.fraction() * 2 * wish.agent).then(() => {
      tally.vanished.set(id, time.now());
      vanish();
    });
  }
  const watch = async () => {
    while (remote.landed.size < tasks.length) {
      await time.wait(1000);
      if (most === 0 && remote.landed.size >= tasks.length * MOST) most = time.now();
    }
    last = time.now();
  };
  void watch();
  await time.run(LONGEST);
  return {
    ...{ wish, tally, took: last === 0 ? null : last, tookMost: most, trips: remote.counts.trips },
    twice: [...remote.landed.values()].filter((count) => count > 1).length,
    missing: tasks.length - remote.landed.size,
    busy: remote.counts.busy / Math.max(1, last),
  };
}

function makeTasks({ tasks, overlapping }: Wish, rolls: Dice): Task[] {
  return Array.from({ length: tasks }, (_, n): Task => {
    const id = `A${n + 1}`;
    const touches = rolls.chance(overlapping) ? [`src/busy-${rolls.below(FOLDERS)}/**`] : [];
    return {
      ...{ id, key: taskKey(id), file: `backlog/${id}.md`, title: id, type: 'feature', priority: 'medium' },
      ...{ order: null, status: 'ready', role: null, epic: null, depends: [], touches, repeat: null },
      ...{ notBefore: null, lock: null },
    };
  });
}
