import { parseTaskId } from '../../task/id.ts';
import type { ParsedFile, Task, TaskKey } from '../../task/task.ts';
import type { Backlog } from './backlog.ts';

/** Orders what the files turned out to be. Pure. */
export function assembleBacklog(at: string, files: readonly ParsedFile[]): Backlog {
  const tasks: Task[] = [];
  const byKey = new Map<TaskKey, Task>();
  const owner = new Map<TaskKey, string>();
  const unusable = new Map<TaskKey, string>();
  const duplicates = new Set<TaskKey>();
  for (const parsed of files) {
    if (parsed.kind === 'not-a-task') continue;
    const file = parsed.kind === 'task' ? parsed.task.file : parsed.file;
    const key = parsed.kind === 'task' ? parsed.task.key : parsed.id === null ? null : parseTaskId(parsed.id);
    if (parsed.kind === 'task') {
      tasks.push(parsed.task);
      if (!byKey.has(parsed.task.key)) byKey.set(parsed.task.key, parsed.task);
    }
    if (key === null) continue;
    const other = owner.get(key);
    if (other !== undefined) {
      duplicates.add(key);
      unusable.set(key, `${other} and ${file} have the same id ${key}`);
    } else {
      owner.set(key, file);
      const problem = parsed.kind === 'malformed' ? parsed.problems[0] : undefined;
      if (parsed.kind === 'malformed') {
        unusable.set(key, `${file}:${problem?.line ?? 1}: ${problem?.message ?? 'the file cannot be read'}`);
      }
    }
  }
  const problems = files.flatMap((parsed) => (parsed.kind === 'malformed' ? parsed.problems : []));
  return { at, files, tasks, byKey, problems, duplicates, unusable };
}
