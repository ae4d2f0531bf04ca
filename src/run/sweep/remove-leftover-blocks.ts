import { readFilesAt } from '../../store/backlog/read-text.ts';
import type { MoveResult } from '../../store/move-main.ts';
import type { Task } from '../../task/task.ts';
import { moveMainWith } from '../backlog/task-edit.ts';
import type { Snapshot } from '../project/snapshot.ts';
import { failureOf } from './failure.ts';
import type { Sweeping } from './sweeping.ts';
import { withoutBlock } from './without-block.ts';

/** Moves of main that may fail before the rest is left as it is: enough to find a few files that are in the way. */
const FAILURES = 20;

interface BlockRemoval {
  readonly task: Task;
  readonly content: string;
}

/**
 * Removes lock blocks on main whose run holds the task no more, in one commit. Where main cannot move it is tried in halves, so that
 * one file in which a person works does not keep the blocks of the others. People's own blocks (without `run`) stay.
 */
export async function removeLeftoverBlocks(sweeping: Sweeping, snapshot: Snapshot): Promise<void> {
  const { options, add } = sweeping;
  const stale = snapshot.backlog.tasks.filter((task) => isLeftover(task, snapshot));
  if (stale.length === 0) return;
  if (options.dryRun) {
    for (const task of stale)
      add('freed', { task: task.id, reason: `${reasonOf(task)}; it would be removed` });
    return;
  }
  const { main } = snapshot.view;
  try {
    const removals = await removalsAt(sweeping, main, stale);
    await removeSome(sweeping, main, removals, { left: FAILURES });
  } catch (error) {
    const why = failureOf(error);
    for (const task of stale) add('kept', { task: task.id, reason: `${reasonOf(task)}, but: ${why}` });
  }
}

/** @returns main afterwards; null: somebody else moved it, and the next sweep sees what is left */
async function removeSome(
  sweeping: Sweeping,
  main: string,
  removals: readonly BlockRemoval[],
  failures: { left: number },
): Promise<string | null> {
  const { project, add } = sweeping;
  if (removals.length === 0) return main;
  const moved = await moveOrSay(sweeping, main, removals);
  if (moved.kind === 'stale') return null;
  if (moved.kind === 'moved') {
    for (const { task } of removals) add('freed', { task: task.id, reason: reasonOf(task) }, runOf(task));
    return moved.commit;
  }
  failures.left -= 1;
  if (removals.length === 1 || failures.left <= 0 || moved.kind === 'unreachable') {
    const why = `but ${project.branch} cannot move now: ${moved.reason}`;
    for (const { task } of removals)
      add('kept', { task: task.id, reason: `${reasonOf(task)}, ${why}` }, runOf(task));
    return main;
  }
  const half = Math.ceil(removals.length / 2);
  const next = await removeSome(sweeping, main, removals.slice(0, half), failures);
  return next === null ? null : removeSome(sweeping, next, removals.slice(half), failures);
}

async function moveOrSay(
  { project }: Sweeping,
  main: string,
  removals: readonly BlockRemoval[],
): Promise<MoveResult & { readonly commit: string }> {
  const message = 'chore(backlog): sweeper removes leftover lock blocks [skip ci]';
  const changes = removals.map(({ task, content }) => ({ path: task.file, content }));
  try {
    return await moveMainWith(project, project.system.random.id(), { main, changes, message }, []);
  } catch (error) {
    return { kind: 'in-the-way', reason: failureOf(error), commit: main };
  }
}

async function removalsAt(
  { project }: Sweeping,
  main: string,
  stale: readonly Task[],
): Promise<BlockRemoval[]> {
  const paths = stale.map(({ file }) => file);
  const texts = await readFilesAt(project.system, project.repository, main, paths);
  return stale.flatMap((task) => {
    const content = withoutBlock(texts.get(task.file)?.toString('utf8'));
    return content === null ? [] : [{ task, content }];
  });
}

function isLeftover(task: Task, { records }: Snapshot): boolean {
  const run = runOf(task);
  if (run === null) return false;
  const held = records.get(task.key);
  if (held === undefined) return true;
  // Taking out the block of what was proposed after lost races would conflict with its request, which does that itself.
  if (held.record === null || held.record.proposal !== null) return false;
  return held.record.lock?.run !== run;
}

function runOf(task: Task): string | null {
  return task.lock?.run ?? null;
}

function reasonOf(task: Task): string {
  return `the lock block of run ${runOf(task)} in ${task.file} was left over`;
}
