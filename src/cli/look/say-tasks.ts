import { join } from 'node:path';
import { RotaError } from '../../errors.ts';
import { TASK_TYPES } from '../../task/task.ts';
import type { Options } from '../command-spec.ts';
import { roleOfTask } from '../documents/role-of-task.ts';
import { SHOWN_STATUSES } from '../documents/shown-status.ts';
import { type TaskRow, taskRows } from '../documents/task-rows.ts';
import { listOption } from '../options.ts';
import type { Output } from '../output.ts';
import { taskTable } from '../text/task-table.ts';
import type { Look } from './look.ts';

export interface Filters {
  readonly statuses: readonly string[];
  readonly types: readonly string[];
  readonly roles: readonly string[];
}

/** The tasks on main that `filters` let through. Files that cannot be read are listed too. */
export function sayTasks(output: Output, look: Look, filters: Filters): void {
  const { snapshot, liveness, edited, worktrees, machine } = look;
  const worktreeOf = (lock: { readonly machine: string; readonly branch: string }) =>
    lock.machine === machine ? join(worktrees, lock.branch) : null;
  const rows = taskRows(snapshot, { liveness, edited, worktreeOf }).filter((row) =>
    matches(row, filters, (task) => roleOfTask(task, snapshot.roles)),
  );
  if (output.json) output.document(rows.map(({ document }) => document));
  else if (rows.length === 0)
    output.note(snapshot.backlog.tasks.length === 0 ? NO_TASKS : 'No task is like that.');
  else output.line(taskTable(rows, output).join('\n'));
}

const NO_TASKS = 'No tasks on main yet. rota add "What should be done" writes the first.';

/** Throws RotaError `usage` for what no task can be. */
export function readFilters(options: Options): Filters {
  return {
    statuses: known(options, 'status', SHOWN_STATUSES),
    types: known(options, 'type', TASK_TYPES),
    roles: listOption(options, 'role'),
  };
}

function known(options: Options, name: string, values: readonly string[]): string[] {
  return listOption(options, name).map((text) => {
    const value = text.toLowerCase().replace('in progress', 'progress');
    if (values.includes(value)) return value;
    throw new RotaError('usage', `--${name} ${text} is not known.`, `Known are: ${values.join(', ')}.`);
  });
}

function matches(
  { task, document, shown }: TaskRow,
  { statuses, types, roles }: Filters,
  roleOf: (task: NonNullable<TaskRow['task']>) => string | null,
): boolean {
  if (statuses.length > 0 && !statuses.includes(shown) && !statuses.includes(document.status ?? ''))
    return false;
  if (types.length > 0 && !types.includes(document.type ?? '')) return false;
  return roles.length === 0 || (task !== null && roles.includes(roleOf(task) ?? ''));
}
