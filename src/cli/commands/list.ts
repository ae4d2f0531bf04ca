import { RotaError } from '../../errors.ts';
import { TASK_TYPES } from '../../task/task.ts';
import type { Action, Options } from '../command-spec.ts';
import { roleOfTask } from '../documents/role-of-task.ts';
import { readRowFacts } from '../documents/row-facts.ts';
import { SHOWN_STATUSES } from '../documents/shown-status.ts';
import { type TaskRow, taskRows } from '../documents/task-rows.ts';
import { listOption } from '../options.ts';
import { taskTable } from '../text/task-table.ts';
import { withLook } from '../with-look.ts';

/** `rota list`: the tasks on main. Files that cannot be read are listed too. */
export const list: Action = (cli, _args, options) => {
  const wanted = readFilters(options);
  return withLook(cli, options, async (project, snapshot) => {
    const rows = taskRows(snapshot, await readRowFacts(project, snapshot)).filter((row) =>
      matches(row, wanted, (task) => roleOfTask(task, snapshot.roles)),
    );
    if (cli.json) cli.output.document(rows.map(({ document }) => document));
    else if (rows.length === 0)
      cli.output.note(snapshot.backlog.tasks.length === 0 ? NO_TASKS : 'No task is like that.');
    else cli.output.line(taskTable(rows, cli.output).join('\n'));
    return 0;
  });
};

const NO_TASKS = 'No tasks on main yet. rota add "What should be done" writes the first.';

interface Filters {
  readonly statuses: readonly string[];
  readonly types: readonly string[];
  readonly roles: readonly string[];
}

function readFilters(options: Options): Filters {
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
