import { parseTaskId } from '../task/id.ts';
import type { TaskKey } from '../task/task.ts';
import type { Project } from './project/project.ts';
import { readSnapshot } from './project/snapshot.ts';
import { tellProblems } from './project/tell-problems.ts';
import { sweep } from './sweep/sweep.ts';
import type { RunResult } from './work/run-result.ts';
import type { RunWish } from './work/worker.ts';

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
  const { view, roles, config, problems } = await readSnapshot(project, false);
  await tellProblems(project, view.main, { problems });
  const turns = startTurns(
    roles.filter(({ agent, name }) => agent !== null || name !== 'sweeper').map(({ name }) => name),
    once,
  );
  const results: RunResult[] = [];
  const active = new Set<Promise<void>>();
  const failures: unknown[] = [];

  const start = (turn: Turn) => {
    const running: Promise<void> = runRole(project, {
      role: turn.role,
      only: null,
      except: new Set(turns.except),
      told: true,
      stop,
    })
      .then((result) => {
        turns.ended(turn, result);
        if (result.outcome !== 'idle') results.push(result);
      })
      .catch((error: unknown) => void failures.push(error))
      .finally(() => active.delete(running));
    active.add(running);
  };

  for (;;) {
    const may = !stop.aborted && failures.length === 0 && active.size < config.workers;
    const turn = may ? turns.next() : null;
    if (turn !== null) start(turn);
    else if (active.size > 0) await Promise.race(active);
    else break;
  }
  if (failures.length > 0) throw failures[0];
  return results;
}

/** A role that is to be asked for work, and how much had changed by then. */
interface Turn {
  readonly role: string;
  readonly changes: number;
}

interface Turns {
  readonly except: Set<TaskKey>;
  /** Whose turn it is; null: none has work now. */
  next(): Turn | null;
  ended(turn: Turn, result: RunResult): void;
}

/** Whose turn it is. A role that found nothing rests until a run ends that may have made work for it. */
function startTurns(names: readonly string[], once: boolean): Turns {
  const except = new Set<TaskKey>();
  const resting = new Set<string>();
  const queue = [...names];
  let changes = 0;
  return {
    except,
    next: () => {
      const at = queue.findIndex((name) => !resting.has(name));
      if (at < 0) return null;
      const [role] = queue.splice(at, 1);
      queue.push(role!);
      if (once) resting.add(role!);
      return { role: role!, changes };
    },
    ended: (turn, { outcome, task }) => {
      const key = task === null ? null : parseTaskId(task);
      if (key !== null && NOT_AGAIN.has(outcome)) except.add(key);
      if (once) return;
      if (outcome !== 'idle') {
        changes += 1;
        resting.clear();
      } else if (turn.changes === changes) resting.add(turn.role);
    },
  };
}
