import type { Action } from '../command-spec.ts';
import { readFilters, sayTasks } from '../look/say-tasks.ts';
import { withLook } from '../look/with-look.ts';

/** `rota list`: the tasks on main. */
export const list: Action = (cli, _args, options) => {
  const filters = readFilters(options);
  return withLook(cli, options, (look) => sayTasks(cli.output, look, filters));
};
