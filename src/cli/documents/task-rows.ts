import type { Problem } from '../../errors.ts';
import type { LockRecord } from '../../plan/record.ts';
import type { Liveness } from '../../run/project/liveness.ts';
import type { Snapshot } from '../../run/project/snapshot.ts';
import { compareTaskKeys, parseTaskId } from '../../task/id.ts';
import type { Task, TaskKey } from '../../task/task.ts';
import { type ShownStatus, shownStatus } from './shown-status.ts';
import { malformedDocument, type TaskDocument, taskDocument } from './task-document.ts';

/** One line of `rota list`. */
export interface TaskRow {
  /** Null for a file that cannot be read. */
  readonly task: Task | null;
  readonly document: TaskDocument;
  readonly shown: ShownStatus;
}

export interface RowFacts {
  readonly liveness: ReadonlyMap<TaskKey, Liveness>;
  readonly edited: ReadonlySet<TaskKey>;
  readonly worktreeOf: (lock: LockRecord) => string | null;
}

/** Every task of the snapshot by id, then the files that should be tasks and cannot be read. */
export function taskRows(snapshot: Snapshot, facts: RowFacts): TaskRow[] {
  const tasks = [...snapshot.backlog.tasks].sort((a, b) => compareTaskKeys(a.key, b.key));
  return [...tasks.map((task) => rowOfTask(task, snapshot, facts)), ...malformedRows(snapshot)];
}

/** The row of one task. */
export function rowOfTask(
  task: Task,
  snapshot: Pick<Snapshot, 'backlog' | 'records'>,
  facts: RowFacts,
): TaskRow {
  const document = taskDocument(task, {
    held: snapshot.records.get(task.key) ?? null,
    liveness: facts.liveness.get(task.key) ?? 'unknown',
    problems: problemsOf(task, snapshot.backlog.unusable),
    worktreeOf: facts.worktreeOf,
  });
  return { task, document, shown: shownStatus(document, facts.edited.has(task.key)) };
}

function malformedRows({ backlog }: Snapshot): TaskRow[] {
  const files = backlog.files.flatMap((file) => (file.kind === 'malformed' ? [file] : []));
  return files.sort(byIdThenFile).map((file) => {
    const document = malformedDocument(file.file, file.id, file.problems);
    return { task: null, document, shown: 'malformed' as const };
  });
}

type Placed = { readonly id: string | null; readonly file: string };

function byIdThenFile(a: Placed, b: Placed): number {
  const [one, other] = [a, b].map(({ id }) => (id === null ? null : parseTaskId(id)));
  if (one && other) return compareTaskKeys(one, other);
  return one ? -1 : other ? 1 : a.file < b.file ? -1 : 1;
}

/** A readable file can be unusable too: two files with one id. */
function problemsOf(task: Task, unusable: ReadonlyMap<TaskKey, string>): Problem[] {
  const message = unusable.get(task.key);
  return message === undefined ? [] : [{ file: task.file, line: 1, rule: 'duplicate-id', message }];
}
