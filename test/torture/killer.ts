import { setTimeout } from 'node:timers/promises';
import type { Dice } from './dice.ts';
import type { LockWatch } from './locks.ts';
import { argvOf, childrenOf, descendantsOf, gitVerb, spin, startOf } from './processes.ts';
import type { RotaProcess, RotaProcesses } from './rota-processes.ts';

/** What is killed, and how often of each. */
const TARGETS = {
  /** A worker, whenever. */
  worker: 38,
  /** A worker while one of its git processes runs. */
  'worker at git': 20,
  /** A git process of a worker or sweeper. */
  git: 27,
  sweeper: 10,
  /** What runs for a worker and is not git: agent, gate, and what they start. */
  agent: 5,
} as const;
export type Target = keyof typeof TARGETS;

export interface Kill {
  readonly target: Target;
  readonly pid: number;
  /** The process of rota that was killed, or whose child was. */
  readonly rota: Pick<RotaProcess, 'pid' | 'start' | 'home' | 'part'>;
  /** Git's subcommand, when git was running or killed; else what was killed. */
  readonly detail: string;
  /** Date.now() */
  readonly at: number;
}

/** Milliseconds to wait for a git process to appear before another process is looked at. */
const LOOK = 25;

/** Kills by SIGKILL until there were `kills`, `rate` a second if there is enough to kill. */
export async function killer(
  processes: RotaProcesses,
  watch: LockWatch,
  chance: Dice,
  { kills, rate, onKill }: { kills: number; rate: number; onKill: (kill: Kill) => void },
): Promise<Kill[]> {
  const done: Kill[] = [];
  let target: Target | null = null;
  let due = performance.now();
  while (done.length < kills) {
    due = Math.max(due + (chance.fraction() * 2 * 1000) / rate, performance.now() - 3000);
    await setTimeout(Math.max(0, due - performance.now()) + chance.below(20));
    target ??= chance.weighted(TARGETS);
    const kill = strike(processes, target, chance);
    if (kill === null) continue;
    target = null;
    const killed = [...processes.live].find(({ pid }) => pid === kill.pid);
    if (killed !== undefined) {
      killed.killed = true;
      await watch.died(killed, performance.now());
    }
    done.push(kill);
    onKill(kill);
  }
  return done;
}

function strike(processes: RotaProcesses, target: Target, chance: Dice): Kill | null {
  const part = target === 'sweeper' ? ['sweeper'] : target === 'git' ? ['worker', 'sweeper'] : ['worker'];
  const candidates = [...processes.live].filter((process) => part.includes(process.part) && !process.killed);
  if (candidates.length === 0) return null;
  const rota = chance.pick(candidates);
  const end = performance.now() + LOOK;
  switch (target) {
    case 'worker':
    case 'sweeper':
      spin(chance.below(1500));
      return hit({ target, rota, pid: rota.pid, start: rota.start, detail: '' });
    case 'agent': {
      const own = descendantsOf(rota.pid).filter(
        ({ argv }) => argv[0] !== undefined && argv[0] !== process.execPath && !/(^|\/)git/.test(argv[0]),
      );
      if (own.length === 0) return null;
      const { pid, argv } = chance.pick(own);
      return hit({ target, rota, pid, start: startOf(pid), detail: argv[0]! });
    }
    case 'git':
    case 'worker at git':
      while (performance.now() < end) {
        for (const pid of childrenOf(rota.pid)) {
          const start = startOf(pid);
          const verb = gitVerb(argvOf(pid));
          if (verb === null || start === null) continue;
          spin(chance.below(chance.chance(0.5) ? 400 : 4000));
          return target === 'git'
            ? hit({ target, rota, pid, start, detail: verb })
            : hit({ target, rota, pid: rota.pid, start: rota.start, detail: verb });
        }
      }
      return null;
    default:
      return target satisfies never;
  }
}

/** Null: it has ended meanwhile. */
function hit(victim: {
  target: Target;
  rota: RotaProcess;
  pid: number;
  start: string | null;
  detail: string;
}): Kill | null {
  const { target, rota, pid, start, detail } = victim;
  if (start === null || startOf(pid) !== start) return null;
  if (pid !== rota.pid && startOf(rota.pid) !== rota.start) return null;
  process.kill(pid, 'SIGKILL');
  rota.hurt = true;
  const { home, part } = rota;
  return { target, pid, rota: { pid: rota.pid, start: rota.start, home, part }, detail, at: Date.now() };
}
