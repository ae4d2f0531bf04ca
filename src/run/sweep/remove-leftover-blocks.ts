import { RotaError } from '../../errors.ts';
import { readFilesAt } from '../../store/backlog/read-text.ts';
import type { TreeChange } from '../../store/make-commit.ts';
import { editTask } from '../../task/edit.ts';
import type { Task } from '../../task/task.ts';
import { moveMainWith } from '../backlog/task-edit.ts';
import type { Snapshot } from '../project/snapshot.ts';
import type { Sweeping } from './sweeping.ts';

/** Removes lock blocks on main whose run holds the task no more. People's own blocks (without `run`) stay. */
export async function removeLeftoverBlocks(
  { project, options, add }: Sweeping,
  snapshot: Snapshot,
): Promise<void> {
  const stale = snapshot.backlog.tasks.filter((task) => isLeftover(task, snapshot));
  if (stale.length === 0) return;
  const reasonOf = (task: Task) => `the lock block of run ${task.lock?.run} in ${task.file} was left over`;
  if (options.dryRun) {
    for (const task of stale)
      add('freed', { task: task.id, reason: `${reasonOf(task)}; it would be removed` });
    return;
  }
  const { main } = snapshot.view;
  const texts = await readFilesAt(
    project.system,
    project.repository,
    main,
    stale.map(({ file }) => file),
  );
  const edits = stale.flatMap((task) => {
    const content = withoutBlock(texts.get(task.file)?.toString('utf8'));
    return content === null ? [] : [{ task, change: { path: task.file, content } satisfies TreeChange }];
  });
  if (edits.length === 0) return;
  const message = 'chore(backlog): sweeper removes leftover lock blocks [skip ci]';
  const changes = edits.map(({ change }) => change);
  const moved = await moveMainWith(project, project.system.random.id(), { main, changes, message }, []);
  // Stale: somebody else moved main; the next sweep sees what is left.
  if (moved.kind === 'stale') return;
  for (const { task } of edits) {
    if (moved.kind === 'moved') add('freed', { task: task.id, reason: reasonOf(task) });
    else
      add('kept', {
        task: task.id,
        reason: `${reasonOf(task)}, but ${project.branch} cannot move now: ${moved.reason}`,
      });
  }
}

function isLeftover(task: Task, { records }: Snapshot): boolean {
  const run = task.lock?.run ?? null;
  if (run === null) return false;
  const held = records.get(task.key);
  return held === undefined || (held.record !== null && held.record.lock?.run !== run);
}

/** Null: the file cannot be edited safely; its problem is named by `rota check`. */
function withoutBlock(text: string | undefined): string | null {
  if (text === undefined) return null;
  try {
    return editTask(text, { lock: undefined });
  } catch (error) {
    if (error instanceof RotaError) return null;
    throw error;
  }
}
