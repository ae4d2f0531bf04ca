import { parseTaskId } from '../id.ts';
import type { TaskKey } from '../task.ts';
import { type Backlog, type BacklogRule, problemAt } from './backlog-rule.ts';

/** Tasks that wait for each other, or for themselves. Each cycle is one problem, at its first task, written out. */
export const dependencyCycle: BacklogRule = (backlog) =>
  findCycles(backlog).flatMap((cycle) => {
    const placed = cycle[0] === undefined ? undefined : backlog.byKey.get(cycle[0]);
    if (placed === undefined) return [];
    const ids = [...cycle, ...cycle.slice(0, 1)].map((key) => backlog.byKey.get(key)?.task.id ?? key);
    const message =
      cycle.length === 1
        ? `${placed.task.id} depends on itself`
        : `tasks depend on each other: ${ids.join(' -> ')}; none of them could ever start`;
    return [problemAt(placed, 'depends', 'dependency-cycle', message)];
  });

/** Depth-first with a stack of its own: a chain of ten thousand tasks must not overflow the program's. */
function findCycles({ tasks, byKey }: Backlog): TaskKey[][] {
  const cycles: TaskKey[][] = [];
  const state = new Map<TaskKey, 'open' | 'closed'>();
  const next = (key: TaskKey) =>
    (byKey.get(key)?.task.depends ?? []).map(parseTaskId).filter((id) => id !== null);
  for (const { task } of tasks) {
    if (state.has(task.key)) continue;
    const path: { key: TaskKey; rest: TaskKey[] }[] = [{ key: task.key, rest: next(task.key) }];
    state.set(task.key, 'open');
    for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
      const key = top.rest.shift();
      if (key === undefined) {
        state.set(top.key, 'closed');
        path.pop();
      } else if (state.get(key) === 'open') {
        cycles.push(path.slice(path.findIndex((step) => step.key === key)).map((step) => step.key));
      } else if (!state.has(key) && byKey.has(key)) {
        state.set(key, 'open');
        path.push({ key, rest: next(key) });
      }
    }
  }
  return cycles;
}
