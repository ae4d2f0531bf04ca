import type { Role } from '../role/role.ts';
import { idFromFileName } from '../task/id.ts';
import { splitFrontMatter } from '../task/split.ts';
import type { Task } from '../task/task.ts';
import type { ChangedFile, ContractFinding } from './changed-file.ts';
import { taskFileChanges } from './task-file-changes.ts';

/** Whether a change is about a task file; a README in the backlog's folder is a file like any other. */
export function isTaskFile(file: ChangedFile): boolean {
  const paths = file.from === null ? [file.path] : [file.path, file.from];
  return paths.some((path) => {
    if (!/^backlog\/.*\.md$/is.test(path)) return false;
    return idFromFileName(path) !== null || [file.oldText, file.newText].some(hasFrontMatter);
  });
}

/**
 * A run's own task: its body is free, its front-matter is not. Other tasks: the keys in `may-set`. Files come and go
 * with rota alone: a run proposes tasks in its result.
 */
export function checkTaskFile(file: ChangedFile, role: Role, task: Task): ContractFinding[] {
  const find = finder(file);
  const own = (file.from ?? file.path) === task.file;
  switch (file.status) {
    case 'added':
      return [find('held', 'task-added', 'a new task file; tasks are proposed in the result, under `tasks`')];
    case 'deleted':
      return [find('held', 'task-deleted', 'a task file was deleted')];
    case 'renamed':
      return [find('held', 'task-moved', `the task file ${file.from} was moved`)];
    case 'modified':
      return checkModified(file, own, role);
    default:
      return file.status satisfies never;
  }
}

function checkModified(file: ChangedFile, own: boolean, role: Role): ContractFinding[] {
  const find = finder(file);
  if (file.newMode !== '100644' && file.newMode !== file.oldMode)
    return [find('held', 'task-unreadable', 'a task file must stay an ordinary file')];
  const changes = taskFileChanges(file.oldText, file.newText);
  if (changes === null)
    return [find('held', 'task-unreadable', 'the front-matter cannot be compared with the one before')];
  return changes.flatMap((key) => {
    // The id names the task's ref and the lock shows who holds it: rota's records, that no run may touch.
    if (key === 'id' || key === 'lock')
      return [find('refused', 'task-identity', `\`${key}\` was changed; no role may`)];
    if (own)
      return key === 'body' ? [] : [find('held', 'own-task', `\`${key}\` of the run's own task was changed`)];
    if (role.maySet.includes(key)) return [];
    return [
      find(
        'held',
        'outside-may-set',
        `\`${key}\` was changed; role ${role.name} may set ${list(role.maySet)}`,
      ),
    ];
  });
}

function finder(file: ChangedFile) {
  return (severity: ContractFinding['severity'], rule: string, what: string): ContractFinding => ({
    severity,
    path: file.path,
    rule,
    message: `${file.path}: ${what}`,
  });
}

function list(keys: readonly string[]): string {
  return keys.length === 0 ? 'nothing in other tasks' : keys.join(', ');
}

function hasFrontMatter(text: string | null): boolean {
  if (text === null) return false;
  const split = splitFrontMatter(text);
  return split.kind === 'broken' || split.hasFrontMatter;
}
