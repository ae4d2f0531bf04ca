import type { WaitingLanding } from '../../plan/record.ts';
import { readFileAt } from '../../store/backlog/read-text.ts';
import type { TaskKey } from '../../task/task.ts';
import { taskWords } from '../../task/task-words.ts';
import { findTask } from '../backlog/find-task.ts';
import type { Project } from '../project/project.ts';
import { sameOutsideBacklog } from '../project/same-outside-backlog.ts';
import type { Snapshot } from '../project/snapshot.ts';

/**
 * Whether gated work may land as it is: main is the same outside the backlog, so that its gate holds, and the task still asks
 * for what was done.
 */
export async function waitsUnchanged(
  project: Project,
  { view, backlog }: Pick<Snapshot, 'view' | 'backlog'>,
  key: TaskKey,
  waiting: WaitingLanding,
): Promise<boolean> {
  if (waiting.base === view.main) return true;
  if (!(await sameOutsideBacklog(project, waiting.base, view.main))) return false;
  const task = backlog.byKey.get(key);
  const now =
    task === undefined ? null : await readFileAt(project.system, project.repository, view.main, task.file);
  return now !== null && taskWords(now.toString('utf8')) === (await wordsAtGate(project, key, waiting));
}

/** What the task said when its work was gated; null: it is not known any more. */
export async function wordsAtGate(
  project: Project,
  key: TaskKey,
  { base }: WaitingLanding,
): Promise<string | null> {
  const found = await findTask(project, base, key);
  return found === null ? null : taskWords(found.text);
}
