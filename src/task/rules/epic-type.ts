import { taskKey } from '../id.ts';
import { type BacklogRule, problemAt } from './backlog-rule.ts';

/** `epic` names a task that is not of type epic (a task that names itself included). */
export const epicType: BacklogRule = ({ tasks, byKey }) =>
  tasks.flatMap((placed) => {
    const { epic, id } = placed.task;
    const found = epic === null ? undefined : byKey.get(taskKey(epic));
    if (epic === null || found === undefined) return [];
    if (found === placed) return [problemAt(placed, 'epic', 'epic-type', `${id} names itself as its epic`)];
    if (found.task.type === 'epic') return [];
    const message = `${id} belongs to ${epic}, which is of type ${found.task.type}; expected an epic`;
    return [problemAt(placed, 'epic', 'epic-type', message)];
  });
