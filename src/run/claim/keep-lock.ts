import { RotaError } from '../../errors.ts';
import { isRevoked } from '../../plan/revocation.ts';
import type { Project } from '../project/project.ts';
import { type Snapshot, snapshotOf } from '../project/snapshot.ts';
import { type HeldLock, renewLock } from './held-lock.ts';

/** Between renewals, in milliseconds; a sweeper elsewhere frees a lock that stood still for three of them. */
const RENEWAL = 5 * 60_000;
/** After one that failed. */
const AGAIN = 60_000;
/** After this long without a renewal the worker stops itself, before anybody may take the task over. */
const PATIENCE = 10 * 60_000;

/** Why a running worker has to stop. */
export interface LostLock {
  readonly outcome: 'revoked' | 'failed';
  readonly reason: string;
}

/**
 * Renews the lock until `signal` fires. `onLost` is called once when a person or another run took the task, or when the lock
 * could not be renewed for so long that it may be taken over.
 */
export async function keepLock(
  project: Project,
  lock: HeldLock,
  signal: AbortSignal,
  onLost: (lost: LostLock) => void,
): Promise<void> {
  const { clock } = project.system;
  let renewedAt = clock.monotonic();
  let pause = RENEWAL;
  while (!signal.aborted) {
    await clock.wait(pause, signal);
    if (signal.aborted) return;
    // A renewal may take minutes to fail or to arrive: others may have seen it when it began.
    const began = clock.monotonic();
    const lost = await renewOnce(project, lock);
    pause = lost === null ? RENEWAL : AGAIN;
    if (lost === null) renewedAt = began;
    else if (lost !== 'unreachable') return onLost(lost);
    else if (clock.monotonic() - renewedAt > PATIENCE)
      return onLost({
        outcome: 'failed',
        reason: 'the lock could not be renewed: the remote cannot be reached',
      });
  }
}

async function renewOnce(project: Project, lock: HeldLock): Promise<LostLock | 'unreachable' | null> {
  try {
    const snapshot = await snapshotOf(project, await project.refs.read());
    const reason = await revocationOf(project, lock, snapshot);
    if (reason !== null) return { outcome: 'revoked', reason };
    const renewed = await renewLock(project, lock, {});
    if (renewed === 'lost') return { outcome: 'revoked', reason: 'another run or a person took the lock' };
    return renewed === 'unreachable' ? 'unreachable' : null;
  } catch (error) {
    // What fails once (a full disk, a ref's lock file) counts like an unreachable remote: the next renewal tries again.
    if (error instanceof RotaError)
      return error.code === 'rewritten' ? { outcome: 'failed', reason: error.message } : 'unreachable';
    throw error;
  }
}

/** Why the lock is not this run's any more, judged on exactly this main; null: it is. */
export async function revocationOf(
  project: Project,
  lock: HeldLock,
  { view, backlog }: Snapshot,
): Promise<string | null> {
  if (lock.request === true) return null;
  const { publish } = lock.record;
  const published =
    publish !== null && (publish === view.main || (await isAncestor(project, publish, view.main)));
  const task = backlog.unusable.has(lock.key) ? 'unreadable' : (backlog.byKey.get(lock.key) ?? null);
  const { revoked, reason } = isRevoked({ run: lock.run, published, task });
  return revoked ? reason : null;
}

async function isAncestor(project: Project, ancestor: string, of: string): Promise<boolean> {
  const answer = await project.system.git.run(
    project.neutral.place,
    ['merge-base', '--is-ancestor', ancestor, of],
    { ok: [0, 1] },
  );
  return answer.code === 0;
}
