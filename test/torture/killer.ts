import { setTimeout } from 'node:timers/promises';
import type { Dice } from './dice.ts';
import type { LockWatch } from './locks.ts';
import type { RotaProcesses } from './rota-processes.ts';
import { type Kill, strike, TARGETS } from './strike.ts';

/** Kills by SIGKILL until there were `kills`, `rate` a second if there is enough to kill. */
export async function killer(
  processes: RotaProcesses,
  watch: LockWatch,
  chance: Dice,
  { kills, rate, onKill }: { kills: number; rate: number; onKill: (kill: Kill) => void },
): Promise<Kill[]> {
  const done: Kill[] = [];
  let due = performance.now();
  while (done.length < kills) {
    due = Math.max(due + (chance.fraction() * 2 * 1000) / rate, performance.now() - 3000);
    await setTimeout(Math.max(0, due - performance.now()));
    const target = chance.weighted(TARGETS);
    let kill = await strike(processes, target, chance);
    while (kill === null) {
      await setTimeout(10);
      kill = await strike(processes, target, chance);
    }
    const { pid } = kill;
    const killed = [...processes.live].find((process) => process.pid === pid);
    if (killed !== undefined) {
      killed.killed = true;
      await watch.died(killed, performance.now());
    }
    done.push(kill);
    onKill(kill);
  }
  return done;
}
