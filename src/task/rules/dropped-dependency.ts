import { taskKey } from '../id.ts';
import { type BacklogRule, problemAt } from './backlog-rule.ts';

/** A ready task that waits for one that will never be done. */
export const droppedDependency: BacklogRule = ({ tasks, byKey }) =>
  tasks.flatMap((placed) => {
    if (placed.task.status !== 'ready') return [];
    return placed.task.depends
      .filter((id) => byKey.get(taskKey(id))?.task.status === 'dropped')
      .map((id) => {
        const message = `${placed.task.id} is ready but depends on ${id}, which is dropped; take it out of \`depends\` or drop this task`;
        return problemAt(placed, 'depends', 'dropped-dependency', message);
      });
  });
