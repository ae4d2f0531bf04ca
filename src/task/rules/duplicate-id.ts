import { type BacklogRule, problemAt } from './backlog-rule.ts';

/** Two files, one id. A32 and A032 are the same id. Each file after the first is the problem; it names the first. */
export const duplicateId: BacklogRule = ({ tasks, byKey }) =>
  tasks.flatMap((placed) => {
    const first = byKey.get(placed.task.key);
    if (first === undefined || first === placed) return [];
    const same = placed.task.id === first.task.id ? '' : ` (written ${first.task.id} there)`;
    const message = `the id ${placed.task.id} is taken by ${first.task.file}${same}; give one of them another id`;
    return [problemAt(placed, 'id', 'duplicate-id', message)];
  });
