import { RotaError } from '../../errors.ts';
import { flakyLogLine } from '../../plan/flaky-log.ts';
import type { Project } from '../project/project.ts';
import { landWork } from './land.ts';
import type { LandingEnd, LandingWork } from './landing-work.ts';
import { patientProject } from './patient-project.ts';

/** Lands, and gives the ids that are reserved for its proposed tasks back if nothing landed, a failure included. */
export async function landOrUnreserve(project: Project, work: LandingWork): Promise<LandingEnd> {
  const { reserved } = work.proposals;
  const unreserve = async () => {
    if (reserved.length > 0) await project.refs.swap(reserved);
  };
  let end: LandingEnd;
  try {
    end = await landPatiently(project, work);
  } catch (error) {
    // The first failure counts; ids that stay reserved are freed when this process has ended.
    await unreserve().catch(() => undefined);
    throw error;
  }
  if (end.kind !== 'landed' && end.kind !== 'proposed') logFlaky(project, work, end);
  // Those of an open request stay reserved with it.
  if (end.kind !== 'landed' && end.kind !== 'proposed') await unreserve();
  return end;
}

/** While the remote is gone it waits, until somebody could take the lock over; then the next run goes on with the work. */
async function landPatiently(project: Project, work: LandingWork): Promise<LandingEnd> {
  try {
    return await landWork(patientProject(project, work), work);
  } catch (error) {
    if (!(error instanceof RotaError) || error.code !== 'remote') throw error;
    if (work.stop.aborted && work.stop.reason !== 'lost') return { kind: 'interrupted', checks: [] };
    const reason = `the remote did not come back while the lock was certainly this run's; the work is on ${work.branch}: ${error.message}`;
    return { kind: 'failed', checks: [], reason };
  }
}

const MOST_FLAKY = 20;

/** A landing names flaky tests in its trailers; where nothing landed the task's log does. */
function logFlaky({ system }: Project, { lock, role }: LandingWork, { checks }: LandingEnd): void {
  const tests = checks.flatMap(({ flaky = [] }) => flaky).slice(0, MOST_FLAKY);
  if (tests.length === 0) return;
  const about = { at: system.clock.now(), role: role.name, task: lock.record.task };
  const lines = tests.map((test) => flakyLogLine(about, test));
  lock.record = { ...lock.record, log: [...lock.record.log, ...lines] };
}
