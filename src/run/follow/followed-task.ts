import type { ProposedWork, TaskRecord } from '../../plan/record.ts';
import type { TaskKey } from '../../task/task.ts';
import type { Snapshot } from '../project/snapshot.ts';

/** A task whose work is, or was, proposed, and that nobody works on now. */
export interface FollowedTask {
  readonly key: TaskKey;
  readonly token: string;
  readonly record: TaskRecord & { readonly proposal: ProposedWork };
}

/** Every one of them: what is blocked or held may be merged, closed or opened again all the same. */
export function followedTasks({ records }: Snapshot): FollowedTask[] {
  return [...records].flatMap(([key, { token, record }]) => {
    if (record === null || record.lock !== null || record.state === 'reserved') return [];
    const { proposal } = record;
    return proposal === null ? [] : [{ key, token, record: { ...record, proposal } }];
  });
}
