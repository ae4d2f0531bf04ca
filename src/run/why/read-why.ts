import { type Explanation, explainPick } from '../../plan/pick.ts';
import type { HeldRecord } from '../../plan/record.ts';
import type { LockJudgement } from '../../plan/staleness.ts';
import type { Role } from '../../role/role.ts';
import { parseTaskId } from '../../task/id.ts';
import type { LogEntry } from '../../task/log-line.ts';
import type { Task, TaskKey } from '../../task/task.ts';
import { readTaskLog } from '../backlog/read-log.ts';
import { readPickFacts } from '../claim/pick-facts.ts';
import { readRedMain } from '../land/red-main.ts';
import { judgeHolder } from '../project/liveness.ts';
import type { Project } from '../project/project.ts';
import type { Snapshot } from '../project/snapshot.ts';
import { listRescues, type Rescued } from '../rescue/list-rescues.ts';
import { openSeenLocks } from '../sweep/seen-locks.ts';
import { readSweepLog, type SweepLine } from '../sweep/sweep-log.ts';
import { type MainCommit, readMainHistory } from './read-main-history.ts';
import { type RecordStep, readRecordHistory } from './read-record-history.ts';
import { type RememberedRun, readRunsOf } from './read-runs.ts';

/** Everything that is known about one task. */
export interface Why {
  readonly key: TaskKey;
  /** Null: main has no file of it that can be read. */
  readonly task: Task | null;
  readonly held: HeldRecord | null;
  /** What is known of the lock's holder, and how; null: nobody has it. */
  readonly holder: LockJudgement | null;
  /** For each role that would take it: whether it is picked now, and why not. */
  readonly picked: readonly { readonly role: string; readonly eligible: boolean; readonly reason: string }[];
  /** Why nothing at all is picked now; null: nothing stands in the way of everything. */
  readonly rest: string | null;
  readonly runs: readonly RememberedRun[];
  readonly recordSteps: readonly RecordStep[];
  readonly landings: readonly MainCommit[];
  readonly log: readonly LogEntry[];
  readonly swept: readonly SweepLine[];
  readonly sweepLinesDamaged: number;
  readonly rescues: readonly Rescued[];
}

/** Gathers everything about one task; only looks. Null: nothing anywhere knows this id. */
export async function readWhy(project: Project, snapshot: Snapshot, key: TaskKey): Promise<Why | null> {
  const { system, repository } = project;
  const { backlog, records, view } = snapshot;
  const task = backlog.byKey.get(key) ?? null;
  const held = records.get(key) ?? null;
  const [runs, recordSteps, landings, log, sweeps, rescues, picked, rest, holder] = await Promise.all([
    readRunsOf(project, key),
    held === null ? [] : readRecordHistory(project, held.token),
    readMainHistory(project, view.main, key, task?.file ?? null),
    readTaskLog(project, snapshot, key),
    readSweepLog({ system, repository }),
    listRescues(project, (rescue) => rescue.task === key),
    explain(project, snapshot, key, task),
    readRedMain(project, view.main, null),
    judge(project, key, held),
  ]);
  const swept = sweeps.lines.filter((line) => line.task !== null && parseTaskId(line.task) === key);
  const anything = [runs, landings, log, swept, rescues].some((list) => list.length > 0);
  if (task === null && held === null && !anything && !backlog.unusable.has(key)) return null;
  return {
    ...{ key, task, held, holder, picked, rest, runs, recordSteps, landings, log, swept, rescues },
    sweepLinesDamaged: sweeps.damaged,
  };
}

/** As `rota next ROLE --explain` does, for the roles that the task is for; if it is for none, for the first one that says so. */
async function explain(
  project: Project,
  snapshot: Snapshot,
  key: TaskKey,
  task: Task | null,
): Promise<Why['picked']> {
  const takers = snapshot.roles.filter((role) => takes(role, task));
  const roles = takers.length > 0 ? takers : snapshot.roles.slice(0, 1);
  const found: { role: string; eligible: boolean; reason: string }[] = [];
  for (const role of roles) {
    const facts = await readPickFacts(project, snapshot, role);
    const one: Explanation | undefined = explainPick(facts).find((entry) => entry.key === key);
    if (one !== undefined) found.push({ role: role.name, eligible: one.eligible, reason: one.reason });
  }
  return found;
}

function takes(role: Role, task: Task | null): boolean {
  if (task === null || task.type === 'epic') return false;
  return task.role === null ? role.takes.type.includes(task.type) : task.role === role.name;
}

/** From this machine's processes, or from how long sweeps of this machine have seen the record stand still. */
async function judge(project: Project, key: TaskKey, held: HeldRecord | null): Promise<LockJudgement | null> {
  const lock = held?.record?.lock ?? null;
  if (held === null || lock === null) return null;
  const seen = await openSeenLocks(project);
  return judgeHolder(project, lock, seen.unchangedFor(key, held.token));
}
