import { taskRef } from '../../store/records/task-ref.ts';
import type { RefChange } from '../../store/shared-refs.ts';
import { keptCommits } from '../claim/kept-commits.ts';
import type { Project } from '../project/project.ts';
import type { RewrittenTask } from './rewritten-tasks.ts';

/**
 * The records of tasks that a landing rewrites, with the hash of their new file: a part of the landing's transaction, so that
 * rota's own change does not count as a person's edit. A record with another hash stays: a person edited its task since a run
 * saw it, and that still counts. The run that holds such a task takes its new record over at its next renewal.
 */
export async function followRewritten(
  project: Project,
  rewritten: readonly RewrittenTask[],
): Promise<RefChange[]> {
  if (rewritten.length === 0) return [];
  const { tasks } = await project.refs.read();
  const changes: RefChange[] = [];
  for (const { key, was, now } of rewritten) {
    const from = tasks.get(key);
    const record = from === undefined ? null : (await project.records.readOne(from)).record;
    if (from === undefined || record?.of !== was) continue;
    const next = { ...record, of: now };
    const to = await project.records.write(next, {
      previous: from,
      replaces: true,
      keep: keptCommits(next),
    });
    changes.push({ ref: taskRef(key), from, to });
  }
  return changes;
}
