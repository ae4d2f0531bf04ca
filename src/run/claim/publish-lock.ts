import { readBacklog } from '../../store/backlog/read-backlog.ts';
import { readFileAt } from '../../store/backlog/read-text.ts';
import { taskRef } from '../../store/records/task-ref.ts';
import type { Task } from '../../task/task.ts';
import { inTurn } from '../project/in-turn.ts';
import { mainNow } from '../project/main-now.ts';
import type { Project } from '../project/project.ts';
import type { HeldLock } from './held-lock.ts';
import { keptCommits } from './kept-commits.ts';
import { makePublication } from './publication.ts';
import type { Claim } from './take-lock.ts';

/** How long showing the lock waits for its turn at main, in milliseconds. It is never needed for exclusion. */
const PATIENCE = 200;
const TRIES = 2;

/**
 * Shows a lock that is held in the task file on main, and notes the commit in the record, in one transaction. When main cannot
 * move now, or many others want to move it, the lock stays unshown.
 *
 * @throws RotaError when it cannot be tried: a full disk, a ref's lock file; the lock is held all the same
 */
export async function publishLock(project: Project, lock: HeldLock, claim: Claim): Promise<void> {
  const off = claim.snapshot.config.publish === 'off';
  // Another block would conflict with a request that is open.
  const proposed = lock.record.proposal !== null;
  if (off || proposed || lock.record.publish !== null || project.refs.kind === 'remote') return;
  const show = async () => {
    for (let tries = 0; tries < TRIES; tries++) if (await tryPublish(project, lock, claim)) return;
  };
  // Racing for main without a turn would hold up those who land.
  await inTurn(project, 'main', PATIENCE, show, async () => undefined);
}

/** @returns false when main moved meanwhile: worth another try */
async function tryPublish(project: Project, held: HeldLock, claim: Claim): Promise<boolean> {
  const { system, repository, cache, records } = project;
  const main = await mainNow(project);
  const known = main === claim.snapshot.view.main;
  const task = known ? claim.task : (await readBacklog(system, repository, main, cache)).byKey.get(held.key);
  const lock = held.record.lock;
  if (task === undefined || task.status !== 'ready' || lock === null || isPersons(task)) return true;
  const text = known ? claim.text : (await readFileAt(system, repository, main, task.file))?.toString('utf8');
  const publish = text === undefined ? null : await makePublication(project, main, task, text, lock);
  if (publish === null) return true;
  const record = { ...held.record, publish };
  const token = await records.write(record, {
    previous: held.token,
    replaces: true,
    keep: keptCommits(record),
  });
  const ref = taskRef(held.key);
  const moved = await project.moveMain({
    run: held.run,
    old: main,
    new: publish,
    refs: [{ ref, from: held.token, to: token }],
  });
  if (moved.kind === 'moved') {
    held.record = record;
    held.token = token;
  }
  return moved.kind !== 'stale' || moved.refs.includes(ref);
}

function isPersons({ lock }: Task): boolean {
  return lock !== null && lock.run === null;
}
