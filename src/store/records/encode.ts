import type { LockRecord, TaskRecord } from '../../plan/record.ts';
import { toYaml, type YamlValue } from '../../task/yaml.ts';

/**
 * A record as the text of `record.yaml`. The nonce makes every record a new object: git takes the push of an object that is
 * already there for success, and two workers must never write the same one.
 */
export function encodeRecord(record: TaskRecord, nonce: string): string {
  const { lock, waiting } = record;
  return toYaml({
    v: record.v,
    task: record.task,
    lock: lock === null ? null : encodeLock(lock),
    state: record.state,
    attempts: record.attempts,
    reason: record.reason,
    notes: record.notes.map(({ run, at, outcome, text }) => ({ run, at, outcome, text })),
    'not-before': record.notBefore,
    pr: record.pr,
    waiting:
      waiting === null
        ? null
        : { commit: waiting.commit, base: waiting.base, reason: waiting.reason, since: waiting.since },
    ...encodeRequest(record),
    publish: record.publish,
    of: record.of,
    log: record.log,
    nonce,
  });
}

/** Only of a task that has a pull request: the others' records stay as short as they are. */
function encodeRequest({ proposal, returned }: TaskRecord): Record<string, YamlValue> {
  const keys: Record<string, YamlValue> = {};
  if (proposal !== null) {
    const { branch, head, base, since } = proposal;
    keys['proposal'] = { branch, head, base, since };
  }
  if (returned !== null) {
    const { head, review, comment, checks } = returned;
    keys['returned'] = { head, review, comment, checks };
  }
  return keys;
}

function encodeLock(lock: LockRecord): YamlValue {
  return {
    run: lock.run,
    role: lock.role,
    by: lock.by,
    host: lock.host,
    machine: lock.machine,
    'pid-namespace': lock.pidNamespace,
    boot: lock.boot,
    pid: lock.pid,
    started: lock.started,
    pgid: lock.pgid,
    branch: lock.branch,
    since: lock.since,
  };
}
