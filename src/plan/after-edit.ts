import type { TaskRecord } from './record.ts';

/**
 * The record of a task that a person edited since rota last saw it: attempts and backoff start again and `blocked` is
 * lifted. What earlier attempts found stays; `held` and an open pull request wait for a person's word, which an edit is not.
 */
export function afterEdit(record: TaskRecord): TaskRecord {
  const lifted = record.state === 'blocked';
  return {
    ...record,
    attempts: 0,
    state: lifted ? null : record.state,
    reason: lifted ? null : record.reason,
    notBefore: null,
    returned: record.returned && { ...record.returned, checks: 0 },
  };
}
