import type { RecordState, TaskRecord } from './record.ts';

/** A record that says nothing yet. `reserved`: an id that is being created, so that nobody else takes it. */
export function emptyRecord(task: string, state: RecordState | null = null): TaskRecord {
  return {
    v: 1,
    task,
    lock: null,
    state,
    attempts: 0,
    reason: null,
    notes: [],
    notBefore: null,
    pr: null,
    waiting: null,
    proposal: null,
    returned: null,
    publish: null,
    of: null,
    log: [],
  };
}
