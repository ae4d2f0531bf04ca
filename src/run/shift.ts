import { parseTaskId } from '../task/id.ts';
import type { TaskKey } from '../task/task.ts';
import type { Project } from './project.ts';
import type { RunResult } from './run-result.ts';
import { readSnapshot } from './snapshot.ts';
import { sweep } from './sweep/sweep.ts';
import type { RunWish } from './worker.ts';

export interface ShiftWish {
  /** One task a role. */
  readonly once: boolean;
  readonly stop: AbortSignal;
  readonly runRole: (project: Project, wish: RunWish) => Promise<RunResult>;
}

/** After these a task is left alone for the rest of the shift: trying again at once would only end the same way. */
const NOT_AGAIN: ReadonlySet<RunResult['outcome']> = new Set([
  'waiting',
  'held',
  'failed',
  'revoked',
  'refused',
  'interrupted',
  'main-red',
]);

/**
 * One round of everything: sweep, then every role with an agent takes work, `workers` of them at once, until nothing is
 * eligible. Roles take turns. When it is stopped, running work ends in good order and no new work is taken.
 *
 * @returns the runs that took a task, in the order in which they ended
 * @throws the first failure that is no outcome of a run, after the other runs have ended
 */
export async function shift(project: Project, { once, stop, runRole }: ShiftWish): Promise<RunResult[]> {
  await sweep(project, { dryRun: false, discard: null, stop });
  const { roles, config } = await readSnapshot(project, false);
  const turns = startTurns(
    roles.filter(({ agent, name }) => agent !== null || name !== 'sweeper').map(({ name }) => name),
    once,
  );
  const results: RunResult[] = [];
  const active = new Set<Promise<void>>();
  const failures: unknown[] = [];

  const start = (role: string) => {
    const running: Promise<void> = runRole(project, { role, only: null, except: new Set(turns.except), stop })
      .then((result) => {
        turns.ended(role, result);
        if (result.outcome !== 'idle') results.push(result);
      })
      .catch((error: unknown) => void failures.push(error))
      .finally(() => active.delete(running));
    active.add(running);
  };

  for (;;) {
    const may = !stop.aborted && failures.length === 0 && active.size < config.workers;
    const role = may ? turns.next() : null;
    if (role !== null) start(role);
    else if (active.size > 0) await Promise.race(active);
    else break;
  }
  if (failures.length > 0) throw failures[0];
  return results;
}

interface Turns {
  readonly except: Set<TaskKey>;
  /** The role whose turn it is; null: none has work now. */
  next(): string | null;
  ended(role: string, result: RunResult): void;
}

/** Whose turn it is. A role that found nothing rests until another run changes something that may have made work for it. */
function startTurns(names: readonly string[], once: boolean): Turns {
  const except = new Set<TaskKey>();
  const resting = new Set<string>();
  const running = new Map<string, number>();
  const queue = [...names];
  return {
    except,
    next: () => {
      const at = queue.findIndex((name) => !resting.has(name) && !(once && running.get(name)));
      if (at < 0) return null;
      const [name] = queue.splice(at, 1);
      queue.push(name!);
      running.set(name!, (running.get(name!) ?? 0) + 1);
      return name!;
    },
    ended: (role, { outcome, task }) => {
      running.set(role, (running.get(role) ?? 1) - 1);
      const key = task === null ? null : parseTaskId(task);
      if (key !== null && NOT_AGAIN.has(outcome)) except.add(key);
      if (outcome === 'idle' || once) resting.add(role);
      else for (const name of names) if (!once) resting.delete(name);
    },
  };
}
