import { RotaError } from '../errors.ts';
import { closestId } from '../role/closest-id.ts';
import { readUnhandedTasks } from '../run/backlog/unhanded-tasks.ts';
import type { Project } from '../run/project/project.ts';
import { idsOfFileName, parseTaskId } from '../task/id.ts';
import type { TaskKey } from '../task/task.ts';
import { plainText } from '../task/text.ts';

/** What to say of an id that main does not have: perhaps it was written here and not handed over, else the nearest one. */
export async function unknownTask(project: Project, main: string, id: string): Promise<RotaError> {
  const { repository, branch, remote, system } = project;
  const question = { repository, main, branch, remote: remote?.name ?? null };
  const { uncommitted, unpushed } = await readUnhandedTasks(system, question);
  const key = parseTaskId(id);
  const here = [...uncommitted, ...unpushed].find(({ task }) => task !== null && parseTaskId(task) === key);
  if (here !== undefined)
    return new RotaError('task', `${here.file} is not on main yet, and workers read main.`, here.command);
  const nearest = closestId(id, await idsOn(project, main));
  const list = 'rota list names those that are.';
  return new RotaError(
    'task',
    `There is no task ${plainText(id)} on main.`,
    nearest === null ? list : `Did you mean ${nearest}? ${list}`,
  );
}

/** By their file names: as a rule those begin with the id, and this is only a hint. */
async function idsOn({ system, repository }: Project, main: string): Promise<Set<TaskKey>> {
  const args = ['ls-tree', '-r', '-z', '--name-only', '--full-tree', main, 'backlog/'];
  const { stdout } = await system.git.run(repository.place, args);
  const names = stdout.toString('utf8').split('\0');
  const ids = names.filter((name) => name.endsWith('.md')).flatMap((name) => idsOfFileName(name).slice(0, 1));
  return new Set(ids.map(parseTaskId).filter((key) => key !== null));
}
