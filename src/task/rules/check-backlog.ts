import type { Problem } from '../../errors.ts';
import { parseTaskId } from '../id.ts';
import type { ParsedFile, TaskKey } from '../task.ts';
import type { Backlog, BacklogRule, PlacedTask } from './backlog-rule.ts';
import { dependencyCycle } from './dependency-cycle.ts';
import { droppedDependency } from './dropped-dependency.ts';
import { duplicateId } from './duplicate-id.ts';
import { epicType } from './epic-type.ts';
import { roleForType } from './role-for-type.ts';
import { unknownDependency } from './unknown-dependency.ts';
import { unknownEpic } from './unknown-epic.ts';
import { unknownRole } from './unknown-role.ts';

const RULES: readonly BacklogRule[] = [
  duplicateId,
  unknownDependency,
  dependencyCycle,
  droppedDependency,
  unknownEpic,
  epicType,
  unknownRole,
  roleForType,
];

/** Every problem of the backlog: those of its files, then those that only the whole shows; sorted by file and line. */
export function checkBacklog(input: {
  readonly files: readonly ParsedFile[];
  readonly roles: Backlog['roles'];
}): Problem[] {
  const malformed = input.files.flatMap((file) => (file.kind === 'malformed' ? file.problems : []));
  const backlog = backlogOf(input.files, input.roles);
  const problems = [...malformed, ...RULES.flatMap((rule) => rule(backlog))];
  return problems.sort((a, b) => (a.file === b.file ? a.line - b.line : a.file < b.file ? -1 : 1));
}

function backlogOf(files: readonly ParsedFile[], roles: Backlog['roles']): Backlog {
  const tasks: PlacedTask[] = files.flatMap((file) =>
    file.kind === 'task' ? [{ task: file.task, lines: file.lines ?? {} }] : [],
  );
  tasks.sort((a, b) => (a.task.file < b.task.file ? -1 : 1));
  const byKey = new Map<TaskKey, PlacedTask>();
  for (const placed of tasks) {
    if (!byKey.has(placed.task.key)) byKey.set(placed.task.key, placed);
  }
  const malformed = files.flatMap((file) => {
    const key = file.kind === 'malformed' && file.id !== null ? parseTaskId(file.id) : null;
    return key === null ? [] : [key];
  });
  return { tasks, byKey, malformed: new Set(malformed), roles };
}
