import { join } from 'node:path';
import { parseTaskFile } from '../../task/parse.ts';
import type { Task } from '../../task/task.ts';
import type { Project } from '../project/project.ts';
import { refuseProblems } from './add-task.ts';
import { type EditedMain, editMain } from './edit-main.ts';
import type { UnhandedTask } from './unhanded-tasks.ts';

/** A new task file that a person wrote here and that could start at once. */
export interface Startable {
  readonly task: Task;
  readonly text: string;
}

/** The files among these that are new, valid and ready. */
export async function readStartable(
  project: Project,
  unhanded: readonly UnhandedTask[],
): Promise<Startable[]> {
  const { repository, system } = project;
  const root = repository.checkout;
  if (root === null) return [];
  const read = unhanded.map(async ({ file, change }) => {
    const bytes = change === 'new' ? await system.files.readIfThere(join(root, file)) : null;
    const parsed = bytes === null ? null : parseTaskFile(file, bytes);
    const task = parsed?.kind === 'task' && parsed.task.status === 'ready' ? parsed.task : null;
    return bytes === null || task === null ? [] : [{ task, text: bytes.toString('utf8') }];
  });
  return (await Promise.all(read)).flat();
}

/**
 * Writes it to main as it is, that file only, whatever branch is checked out.
 *
 * @throws RotaError `task` when the backlog would have problems, `in-the-way`, `remote`
 */
export function handOver(project: Project, { task, text }: Startable): Promise<EditedMain<null>> {
  return editMain(project, async (snapshot) => {
    refuseProblems(snapshot, task.file, text);
    const there = snapshot.backlog.byKey.has(task.key);
    const changes = there ? [] : [{ path: task.file, content: text }];
    return { changes, refs: [], message: `chore(backlog): add ${task.id} [skip ci]`, answer: null };
  });
}
