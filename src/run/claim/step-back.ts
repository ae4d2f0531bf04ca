import type { Role } from '../../role/role.ts';
import type { Project } from '../project/project.ts';
import { adoptLock, type HeldLock } from './held-lock.ts';
import { keptCommits } from './kept-commits.ts';
import { releaseLock } from './release-lock.ts';
import type { Claim } from './take-lock.ts';

interface Claimer {
  readonly run: string;
  readonly role: Pick<Role, 'name'>;
}

/** Gives a claim back with the record as it was found, and takes the block out of the file again. */
export async function stepBack(
  project: Project,
  { run, role }: Claimer,
  { task, token, previous, record }: Claim,
): Promise<void> {
  const lock: HeldLock = { key: task.key, run, record, token };
  for (let tries = 0; tries < 2; tries++) {
    // With its old hash: a person's edit since then still counts. A landing's change of the file meanwhile is no such edit.
    const unedited = previous !== null && previous.of === record.of;
    const before = unedited ? { ...previous, of: lock.record.of } : previous;
    const released = await releaseLock(project, {
      ...{ run, role: role.name, key: task.key, token: lock.token },
      ...{ record: before, keep: keptCommits(before) },
      ...{ note: null, statusOnMain: null, removeBlock: true },
    });
    if (released === 'released' || !(await adoptLock(project, lock))) return;
  }
}

/** Does what follows a claim; when that fails the claim is given back, because this process may live on for hours. */
export async function orStepBack<T>(
  project: Project,
  claimer: Claimer,
  claim: Claim,
  action: () => Promise<T>,
): Promise<T> {
  try {
    return await action();
  } catch (error) {
    // The first failure is the one that counts; a lock that stays is freed when this process has ended.
    await stepBack(project, claimer, claim).catch(() => undefined);
    throw error;
  }
}
