import { RotaError } from '../../errors.ts';
import { afterEdit } from '../../plan/after-edit.ts';
import { taskRef } from '../../store/records/task-ref.ts';
import type { RefChange } from '../../store/shared-refs.ts';
import { editTask as editText } from '../../task/edit.ts';
import { mergeTaskFiles } from '../../task/merge.ts';
import type { Task, TaskKey } from '../../task/task.ts';
import type { YamlValue } from '../../task/yaml.ts';
import { keptCommits } from '../claim/kept-commits.ts';
import type { Project } from '../project/project.ts';
import type { Snapshot } from '../project/snapshot.ts';
import { refuseProblems } from './add-task.ts';
import { type EditedMain, editMain } from './edit-main.ts';
import { readEditedText } from './home-backlog.ts';

/** What was done to a task, for the person. */
export interface EditedTask {
  readonly id: string;
  readonly file: string;
  /** Who had it, when a worker's lock was taken away. */
  readonly revoked: string | null;
}

/**
 * Changes keys of a task on main; undefined removes a key. A person's edit starts the task's attempts again.
 *
 * @throws RotaError `task` when there is no such task, or the result would have problems
 */
export function editTaskKeys(
  project: Project,
  key: TaskKey,
  changes: Readonly<Record<string, YamlValue | undefined>>,
): Promise<EditedMain<EditedTask>> {
  const again = String(changes['status']).toLowerCase() === 'ready';
  return changeFile(project, key, again ? 'edit to ready' : 'edit', async (text) => editText(text, changes));
}

/**
 * Puts a text that a person edited onto main, merged with what others changed there meanwhile.
 *
 * @param base the text that the person started from
 * @throws RotaError `task` when both sides changed the same
 */
export function editTaskText(
  project: Project,
  key: TaskKey,
  base: string,
  edited: string,
): Promise<EditedMain<EditedTask>> {
  return changeFile(project, key, 'edit', async (text) => {
    const merged = mergeTaskFiles({ base, ours: text, theirs: edited });
    if (merged.kind === 'merged') return merged.text;
    throw new RotaError(
      'task',
      `Somebody else changed the same meanwhile: ${merged.conflicts.join(', ')}.`,
      'Nothing was written. Look at the task and edit it again.',
    );
  });
}

/** Keeps a task for a person: their lock block in the file. A worker that has it is revoked. */
export function lockTask(project: Project, key: TaskKey): Promise<EditedMain<EditedTask>> {
  const { environment, clock } = project.system;
  return changeFile(project, key, 'lock', async (text, task) => {
    if (task.status === 'done' || task.status === 'dropped')
      throw new RotaError(
        'task',
        `${task.id} is ${task.status}; there is nothing to lock.`,
        `rota edit ${task.id} status=ready opens it again.`,
      );
    if (task.lock !== null && task.lock.run === null && task.lock.by !== environment.by) {
      throw new RotaError(
        'locked',
        `${task.id} is locked by ${task.lock.by ?? 'somebody'}.`,
        `rota unlock ${task.id} takes their lock off.`,
      );
    }
    if (task.lock !== null && task.lock.run === null) return text;
    return editText(text, { lock: { by: environment.by, since: clock.now().toISOString() } });
  });
}

/** Takes a lock off: a person's block, or a worker's lock, whose work is kept. */
export function unlockTask(project: Project, key: TaskKey): Promise<EditedMain<EditedTask>> {
  return changeFile(project, key, 'unlock', async (text, task) =>
    task.lock === null ? text : editText(text, { lock: undefined }),
  );
}

async function changeFile(
  project: Project,
  key: TaskKey,
  verb: 'edit' | 'edit to ready' | 'lock' | 'unlock',
  change: (text: string, task: Task) => Promise<string>,
): Promise<EditedMain<EditedTask>> {
  return editMain(project, async (snapshot) => {
    const task = taskOrThrow(snapshot, key);
    const text = await readEditedText(project, snapshot, task.file);
    const content = await change(text, task);
    refuseProblems(snapshot, task.file, content);
    const unlocks = verb === 'lock' || verb === 'unlock';
    const freed = unlocks ? await freeLock(project, snapshot, key, verb) : null;
    const lifted =
      verb === 'edit to ready' && content === text ? await liftBlock(project, snapshot, key) : [];
    return {
      changes: content === text ? [] : [{ path: task.file, content }],
      refs: freed === null ? lifted : [freed.change],
      message: `chore(backlog): ${unlocks ? verb : 'edit'} ${task.id} [skip ci]`,
      answer: { id: task.id, file: task.file, revoked: freed?.by ?? null },
    };
  });
}

/**
 * The file says `ready` and the record `blocked`: main could not move when the run ended. No edit of the file would show that a
 * person wants it again, so their word goes to the record.
 */
async function liftBlock(project: Project, { records }: Snapshot, key: TaskKey): Promise<RefChange[]> {
  const held = records.get(key);
  const record = held?.record ?? null;
  if (held === undefined || record?.state !== 'blocked' || record.lock !== null) return [];
  const next = afterEdit(record);
  const to = await project.records.write(next, { previous: held.token, keep: keptCommits(next) });
  return [{ ref: taskRef(key), from: held.token, to }];
}

/** A person's word counts at once: the record loses its lock in the same transaction, whatever the file shows. */
async function freeLock(
  project: Project,
  { records }: Snapshot,
  key: TaskKey,
  verb: 'lock' | 'unlock',
): Promise<{ change: RefChange; by: string } | null> {
  const held = records.get(key);
  const record = held?.record ?? null;
  if (held === undefined || record === null || record.lock === null) return null;
  const free = { ...record, lock: null, publish: null };
  // Gated work was just landing, or being proposed: taken away, no sweep may finish that after all. The branch keeps it.
  const announced = record.state === 'proposed' && record.pr === null;
  const stopped = verb === 'unlock' && (record.state === 'waiting' || announced);
  const next = stopped ? { ...free, state: null, reason: null, waiting: null } : free;
  const to = await project.records.write(next, { previous: held.token, keep: keptCommits(next) });
  return {
    change: { ref: taskRef(key), from: held.token, to },
    by: `${record.lock.role} (${record.lock.by}, run ${record.lock.run})`,
  };
}

/** @throws RotaError `task` */
export function taskOrThrow({ backlog }: Snapshot, key: TaskKey): Task {
  const task = backlog.byKey.get(key);
  const broken = backlog.unusable.get(key);
  if (broken !== undefined)
    throw new RotaError(
      'task',
      `${key} cannot be used: ${broken}`,
      'rota check names every problem with its line.',
    );
  if (task === undefined)
    throw new RotaError(
      'task',
      `There is no task ${key} on main.`,
      'rota list shows what is there; rota status names task files that are not on main yet.',
    );
  return task;
}
