import { RotaError } from '../../errors.ts';
import type { LockRecord } from '../../plan/record.ts';
import { editTask } from '../../task/edit.ts';
import type { Task } from '../../task/task.ts';
import { makeBacklogCommit } from '../backlog/task-edit.ts';
import type { Project } from '../project/project.ts';

/** The commit that puts the lock block into the file; null when the file cannot take one. */
export async function makePublication(
  project: Project,
  main: string,
  task: Task,
  text: string,
  lock: LockRecord,
): Promise<string | null> {
  const { run, role, by, since, branch } = lock;
  let content: string;
  try {
    content = editTask(text, { lock: { run, role, by, since, branch } });
  } catch (error) {
    if (error instanceof RotaError) return null;
    throw error;
  }
  const message = `chore(backlog): ${role} takes ${task.id} [skip ci]`;
  return makeBacklogCommit(project, { main, changes: [{ path: task.file, content }], message });
}
