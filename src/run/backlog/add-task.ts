import { RotaError } from '../../errors.ts';
import { taskKey } from '../../task/id.ts';
import { type NewTask, nextId, renderTask, taskFileName } from '../../task/new-task.ts';
import { parseTaskFile } from '../../task/parse.ts';
import { checkBacklog } from '../../task/rules/check-backlog.ts';
import type { Project } from '../project/project.ts';
import type { Snapshot } from '../project/snapshot.ts';
import { type EditedMain, editMain } from './edit-main.ts';

/** A task to write; without `id` rota gives the next free one. */
export type TaskWish = Omit<NewTask, 'id'> & { readonly id?: string | undefined };

/**
 * Writes a new task file to main. Without a status it is a draft.
 *
 * @throws RotaError `task` when the file would have problems, or the id is taken
 */
export function addTask(project: Project, wish: TaskWish): Promise<EditedMain<{ id: string; file: string }>> {
  return editMain(project, async (snapshot) => {
    const id = wish.id ?? nextId(snapshot.config.prefix, await takenIds(project, snapshot));
    refuseTaken(snapshot, id);
    const content = renderTask({ ...wish, id, status: wish.status ?? 'draft' });
    const file = `backlog/${taskFileName(id, wish.title)}`;
    refuseProblems(snapshot, file, content);
    return {
      changes: [{ path: file, content }],
      refs: [],
      message: `chore(backlog): add ${id} [skip ci]`,
      answer: { id, file },
    };
  });
}

/** On main, reserved by running work, or in a file that a person has written and not handed over yet. */
async function takenIds(project: Project, { backlog, records }: Snapshot): Promise<string[]> {
  const { repository, system } = project;
  const home = repository.checkout ?? repository.root;
  const written = (await system.files.list(`${home}/backlog`)).map(
    ({ name }) => /^[A-Z][A-Z0-9]*-?[0-9]+/.exec(name)?.[0] ?? '',
  );
  return [...backlog.byKey.keys(), ...backlog.unusable.keys(), ...records.keys(), ...written];
}

function refuseTaken({ backlog, records }: Snapshot, id: string): void {
  const key = taskKey(id);
  const file = backlog.byKey.get(key)?.file;
  if (file === undefined && !backlog.unusable.has(key) && !records.has(key)) return;
  throw new RotaError(
    'task',
    `The id ${id} is taken${file === undefined ? '' : ` by ${file}`}.`,
    'Leave --id out, and rota gives the next free one.',
  );
}

/** @throws RotaError `task` with every problem that this text would bring into the backlog */
export function refuseProblems({ backlog, roles }: Snapshot, file: string, content: string): void {
  const before = new Set(checkBacklog({ files: backlog.files, roles }).map(({ message }) => message));
  const others = backlog.files.filter(
    (parsed) => (parsed.kind === 'task' ? parsed.task.file : parsed.file) !== file,
  );
  const parsed = parseTaskFile(file, Buffer.from(content));
  const problems = checkBacklog({ files: [...others, parsed], roles }).filter(
    (problem) => problem.file === file || !before.has(problem.message),
  );
  if (problems.length === 0) return;
  throw new RotaError(
    'task',
    problems.map(({ line, message, file: at }) => `${at}:${line}: ${message}`).join('\n'),
    'Nothing was written.',
  );
}
