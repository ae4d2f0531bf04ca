import type { TaskRecord } from '../../plan/record.ts';
import { commitTime, NO_TIME } from '../../store/commit-time.ts';
import type { Project } from '../project/project.ts';

/** What changed from one record of a task to the next. */
export interface RecordStep {
  readonly at: string;
  /** The run that held or released the lock. */
  readonly run: string | null;
  readonly event: string;
  readonly detail: string;
}

/** Records that are looked at: the newest so many. */
const MOST = 200;

/** How a task's record became what it is, from the records before it, oldest first. A landing deletes them. */
export async function readRecordHistory(project: Project, token: string): Promise<RecordStep[]> {
  const { system, neutral, records } = project;
  const args = ['log', '--first-parent', `--max-count=${MOST}`, '--no-show-signature', '--format=%H %ct'];
  const answer = await system.git.run(neutral.place, [...args, token], { ok: [0, 128] });
  const commits = answer.stdout
    .toString('utf8')
    .split('\n')
    .filter((line) => line !== '');
  const steps: RecordStep[][] = [];
  const chain: { at: string; record: TaskRecord }[] = [];
  for (const line of commits) {
    const [oid = '', at = ''] = line.split(' ');
    const { record } = await records.readOne(oid);
    // Beyond the first record the history is that of the work that a record keeps alive.
    if (record === null) break;
    chain.push({ at: commitTime(at) ?? NO_TIME, record });
  }
  let before: TaskRecord | null = null;
  for (const { at, record } of chain.reverse()) {
    steps.push(stepsBetween(before, record).map((step) => ({ at, ...step })));
    before = record;
  }
  return steps.flat();
}

function stepsBetween(before: TaskRecord | null, now: TaskRecord): Omit<RecordStep, 'at'>[] {
  const [was, is] = [before?.lock ?? null, now.lock];
  const steps: Omit<RecordStep, 'at'>[] = [];
  if (was !== null && is?.run !== was.run)
    steps.push({ run: was.run, event: 'released', detail: `${was.role} (${was.by}) has the lock no more` });
  if (is !== null && was?.run !== is.run)
    steps.push({
      run: is.run,
      event: 'locked',
      detail: `by ${is.role} (${is.by}) on ${is.host}, branch ${is.branch}`,
    });
  const run = is?.run ?? was?.run ?? null;
  if (now.state !== (before?.state ?? null) && now.state !== null) {
    const why = now.waiting?.reason ?? now.reason;
    steps.push({ run, event: now.state, detail: why ?? '' });
  }
  if (now.state === null && (before?.state ?? null) !== null)
    steps.push({ run, event: 'state-lifted', detail: `not ${before?.state} any more` });
  if (now.attempts > (before?.attempts ?? 0))
    steps.push({ run, event: 'attempt', detail: `${now.attempts} counted so far` });
  if (now.attempts === 0 && (before?.attempts ?? 0) > 0)
    steps.push({ run, event: 'attempts-reset', detail: 'attempts start again' });
  if (now.notBefore !== null && now.notBefore !== (before?.notBefore ?? null))
    steps.push({ run, event: 'backoff', detail: `not before ${now.notBefore}` });
  if (now.publish !== null && now.publish !== (before?.publish ?? null))
    steps.push({
      run,
      event: 'published',
      detail: `the lock is shown on main by ${now.publish.slice(0, 10)}`,
    });
  return steps;
}
