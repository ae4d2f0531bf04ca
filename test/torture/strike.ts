import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { Dice } from './dice.ts';
import {
  argvOf,
  childrenOf,
  type Descendant,
  descendantsOf,
  gitVerb,
  sendSignal,
  spin,
  startOf,
} from './processes.ts';
import { type RotaProcess, type RotaProcesses, START } from './rota-processes.ts';

/** What is killed, and how often of each. */
export const TARGETS = {
  /** A worker, whenever. */
  worker: 14,
  /** One that has a lock: before that little can be lost. */
  'locked worker': 22,
  /** One that has a lock, while one of its git processes runs. */
  'worker at git': 14,
  /** Whoever moves main in the repository that is checked out, in the middle of it. */
  'in a move': 10,
  /** A git process of a worker or sweeper. */
  git: 26,
  sweeper: 9,
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

/** Milliseconds to wait for the wanted moment before it is tried with another process. */
const LOOK = 200;

/** Kills one process of this kind by SIGKILL. Null: the moment for it did not come. */
export async function strike(processes: RotaProcesses, target: Target, chance: Dice): Promise<Kill | null> {
  const either = ['git', 'agent', 'in a move'].includes(target) ? ['worker', 'sweeper'] : ['worker'];
  const parts = target === 'sweeper' ? ['sweeper'] : either;
  const worker = target === 'worker' || target === 'locked worker' || target === 'worker at git';
  const locked = worker && target !== 'worker';
  // Some workers are spared, so that something lands as well.
  const candidates = [...processes.live].filter(
    ({ part, killed, spared, phase }) =>
      parts.includes(part) && !killed && !(worker && spared) && !(locked && phase() === START),
  );
  if (candidates.length === 0) return null;
  // Every phase that somebody is in has the same chance: most of the time they are at the beginning.
  const phase = chance.pick([...new Set(candidates.map((process) => process.phase()))]);
  const rota = chance.pick(candidates.filter((process) => process.phase() === phase));
  switch (target) {
    case 'worker':
    case 'locked worker':
    case 'sweeper':
      spin(chance.below(1000));
      return hit({ target, rota, pid: rota.pid, start: rota.start, detail: target });
    case 'agent': {
      const { pid, argv } = descendantsOf(rota.pid).find(isNoGit) ?? { pid: 0, argv: [] };
      return hit({ target, rota, pid, start: startOf(pid), detail: argv[0] ?? '' });
    }
    case 'in a move':
      return whenSeen(() => {
        const mover = candidates.find(({ pid, home }) => moversIn(home).has(pid));
        if (mover === undefined) return null;
        spin(chance.below(chance.chance(0.5) ? 3000 : 30_000));
        return hit({ target, rota: mover, pid: mover.pid, start: mover.start, detail: 'a move of main' });
      });
    case 'git':
    case 'worker at git':
      return whenSeen(() => {
        for (const pid of childrenOf(rota.pid)) {
          const start = startOf(pid);
          const verb = gitVerb(argvOf(pid));
          if (verb === null || start === null) continue;
          // One stays open for as long as objects are read: the others would hardly ever be met.
          if (verb === 'cat-file' && !chance.chance(0.05)) continue;
          spin(chance.below(chance.chance(0.5) ? 400 : 4000));
          const victim = target === 'git' ? { pid, start } : { pid: rota.pid, start: rota.start };
          return hit({ target, rota, ...victim, detail: verb });
        }
        return null;
      });
    default:
      return target satisfies never;
  }
}

/** Tries until it works or the time is over. */
async function whenSeen(attempt: () => Kill | null): Promise<Kill | null> {
  const end = performance.now() + LOOK;
  let kill = attempt();
  while (kill === null && performance.now() < end) {
    await setTimeout(1);
    kill = attempt();
  }
  return kill;
}

function isNoGit({ argv }: Descendant): boolean {
  return argv[0] !== undefined && argv[0] !== process.execPath && !/(^|\/)git/.test(argv[0]);
}

/** Pids that have a journal of a move of main open. */
function moversIn(home: string): Set<number> {
  const folder = join(home, '.git', 'rota', 'journal');
  const pids = new Set<number>();
  for (const name of existsSync(folder) ? readdirSync(folder) : []) {
    const text = name.endsWith('.json') ? readIfThere(join(folder, name)) : '';
    const pid = /"owner":\{[^}]*"pid":([0-9]+)/.exec(text)?.[1];
    if (pid !== undefined) pids.add(Number(pid));
  }
  return pids;
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
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
  if (!sendSignal(pid, 'SIGKILL')) return null;
  rota.hurt = true;
  const { home, part } = rota;
  return { target, pid, rota: { pid: rota.pid, start: rota.start, home, part }, detail, at: Date.now() };
}
