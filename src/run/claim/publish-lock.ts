import { readBacklog } from '../../store/backlog/read-backlog.ts';
import { readFileAt } from '../../store/backlog/read-text.ts';
import { taskRef } from '../../store/records/task-ref.ts';
import type { Task } from '../../task/task.ts';
import { inTurn } from '../project/in-turn.ts';
import { mainNow } from '../project/main-now.ts';
import type { Project } from '../project/project.ts';
import { keptCommits } from './kept-commits.ts';
import { makePublication } from './publication.ts';
import type { Claim } from './take-lock.ts';

/** How long showing the lock waits for its turn at main, in milliseconds. It is never needed for exclusion. */
const PATIENCE = 200;
const TRIES = 2;

/**
 * Shows a lock that is held in the task file on main, and notes the commit in the record, in one transaction. When main cannot
 * move now, or many others want to move it, the lock stays unshown.
 */
export async function publishLock(
  project: Project,
  { run }: { readonly run: string },
  claim: Claim,
): Promise<Claim> {
  if (
    claim.snapshot.config.publish === 'off' ||
    claim.record.publish !== null ||
    project.refs.kind === 'remote'
  )
    return claim;
  const show = async () => {
    for (let tries = 0; tries < TRIES; tries++) {
      const shown = await tryPublish(project, run, claim);
      if (shown !== 'stale') return shown ?? claim;
    }
    return claim;
  };
  // Racing for main without a turn would hold up those who land.
  return inTurn(project, 'main', PATIENCE, show, async () => claim);
}

async function tryPublish(project: Project, run: string, claim: Claim): Promise<Claim | 'stale' | null> {
  const { system, repository, cache, records } = project;
  const main = await mainNow(project);
  const known = main === claim.snapshot.view.main;
  const task = known
    ? claim.task
    : (await readBacklog(system, repository, main, cache)).byKey.get(claim.task.key);
  const lock = claim.record.lock;
  if (task === undefined || task.status !== 'ready' || lock === null || isPersons(task)) return null;
  const text = known ? claim.text : (await readFileAt(system, repository, main, task.file))?.toString('utf8');
  const publish = text === undefined ? null : await makePublication(project, main, task, text, lock);
  if (publish === null) return null;
  const record = { ...claim.record, publish };
  const token = await records.write(record, {
    previous: claim.token,
    replaces: true,
    keep: keptCommits(record),
  });
  const ref = taskRef(claim.task.key);
  const moved = await project.moveMain({
    run,
    old: main,
    new: publish,
    refs: [{ ref, from: claim.token, to: token }],
  });
  if (moved.kind === 'moved') return { ...claim, record, token, main: publish };
  return moved.kind === 'stale' && !moved.refs.includes(ref) ? 'stale' : null;
}

function isPersons({ lock }: Task): boolean {
  return lock !== null && lock.run === null;
}
