import type { LockRecord, TaskRecord } from '../../plan/record.ts';
import { toYaml, type YamlValue } from '../../task/yaml.ts';

/**
 * A record as the text of `record.yaml`. The nonce makes every record a new object: git takes the push of an object that is
 * already there for success, and two workers must never write the same one.
 */
export function encodeRecord(record: TaskRecord, nonce: string): string {
  const { lock, waiting, proposal, returned } = record;
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
    proposal:
      proposal === null
        ? null
        : { branch: proposal.branch, head: proposal.head, base: proposal.base, since: proposal.since },
    returned:
      returned === null
        ? null
        : {
            head: returned.head,
            review: returned.review,
            comment: returned.comment,
            checks: returned.checks,
          },
    publish: record.publish,
    of: record.of,
    log: record.log,
    nonce,
  });
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
