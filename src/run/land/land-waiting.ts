import type { TaskKey } from '../../task/task.ts';
import type { Project } from '../project/project.ts';
import type { Snapshot } from '../project/snapshot.ts';
import type { RunResult } from '../work/run-result.ts';
import { landTask } from './land-task.ts';
import { readWaitingWork } from './waiting-work.ts';
import { wordsAtGate } from './waits-unchanged.ts';

/**
 * Lands work that was gated but could not land, as a new run: the gate holds while main is the same outside the backlog, else
 * it runs again. Null when the gated commit cannot be used any more, or when this machine has not seen its gate green: the next run
 * of its role starts at the gate then.
 */
export async function landWaiting(
  project: Project,
  snapshot: Snapshot,
  key: TaskKey,
  stop: AbortSignal = new AbortController().signal,
): Promise<RunResult | null> {
  const record = snapshot.records.get(key)?.record ?? null;
  const task = snapshot.backlog.byKey.get(key);
  if (record?.state !== 'waiting' || record.waiting === null || task === undefined) return null;
  const known = await readWaitingWork(project, key, record.waiting);
  const role = snapshot.roles.find(({ name }) => name === known?.role);
  // Without a note that the gate was green, not even the role and the branch that it names are known.
  if (known === null || known.gated === null || role === undefined) return null;
  const { tip, type, subject, summary, agent, gated, accept, added, branch } = known;
  const work = {
    added,
    commit: { type, subject },
    ...{ summary, agent, gated, accept },
    words: await wordsAtGate(project, key, record.waiting),
  };
  return landTask(project, snapshot, { key, task, role, branch, tip, work, stop });
}
