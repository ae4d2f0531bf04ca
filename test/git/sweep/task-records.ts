import { expect } from 'vitest';
import { emptyRecord } from '../../../src/plan/empty-record.ts';
import type { LockRecord, TaskRecord } from '../../../src/plan/record.ts';
import type { Project } from '../../../src/run/project/project.ts';
import { taskRef } from '../../../src/store/records/task-ref.ts';
import { taskKey } from '../../../src/task/id.ts';

/** Puts a record onto the ref of a task; returns its token. */
export async function hold(
  project: Project,
  record: Partial<TaskRecord> & { lock: LockRecord | null },
  task = 'A1',
): Promise<string> {
  const ref = taskRef(taskKey(task));
  const from = (await project.refs.read()).tasks.get(taskKey(task)) ?? null;
  const to = await project.records.write({ ...emptyRecord(task), ...record }, { previous: from });
  expect((await project.refs.swap([{ ref, from, to }])).kind).toBe('swapped');
  return to;
}

/** The record that the ref of a task has now. */
export async function recordNow(project: Project, task = 'A1'): Promise<TaskRecord | null> {
  const token = (await project.refs.read()).tasks.get(taskKey(task));
  return token === undefined ? null : (await project.records.readOne(token)).record;
}
