import { taskKey } from '../id.ts';
import { type BacklogRule, problemAt } from './backlog-rule.ts';

/** `epic` names a task that no file holds. */
export const unknownEpic: BacklogRule = ({ tasks, byKey, malformed }) =>
  tasks.flatMap((placed) => {
    const { epic, id } = placed.task;
    if (epic === null || byKey.has(taskKey(epic)) || malformed.has(taskKey(epic))) return [];
    return [problemAt(placed, 'epic', 'unknown-epic', `${id} belongs to epic ${epic}, which no file holds`)];
  });
