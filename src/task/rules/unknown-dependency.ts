import { taskKey } from '../id.ts';
import { type BacklogRule, problemAt } from './backlog-rule.ts';

/** `depends` names a task that no file holds. */
export const unknownDependency: BacklogRule = ({ tasks, byKey, malformed }) =>
  tasks.flatMap((placed) =>
    placed.task.depends
      .filter((id) => !byKey.has(taskKey(id)) && !malformed.has(taskKey(id)))
      .map((id) =>
        problemAt(
          placed,
          'depends',
          'unknown-dependency',
          `${placed.task.id} depends on ${id}, which no file holds`,
        ),
      ),
  );
