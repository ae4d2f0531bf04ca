import type { LockRecord } from './record.ts';

/** What this machine can say about the worker behind a lock. */
export interface LockFacts {
  /** Of this machine, as it would write into a lock of its own. Empty where it cannot be found out. */
  readonly machine: string;
  readonly host: string;
  readonly pidNamespace: string;
  readonly boot: string;
  /** The process with the lock's pid, here; `started` in the kernel's ticks, null if that cannot be read. */
  readonly process: { readonly alive: boolean; readonly started: string | null } | 'unreadable';
  /** Milliseconds for which this record was seen unchanged, on this machine's monotonic clock; null: first seen now. */
  readonly seenUnchangedFor: number | null;
}

export interface LockJudgement {
  readonly verdict: 'live' | 'dead' | 'unknown';
  readonly reason: string;
}

/** A worker renews every 5 minutes: after three of them without a change, nobody is there. */
const UNCHANGED_MEANS_DEAD = 15 * 60_000;

/**
 * Whether the worker that holds a lock lives (docs/protocols.md, "Staleness"). On the worker's own machine only proof
 * counts, never age; elsewhere only that the record stood still, measured on this machine. No wall clock is compared.
 */
export function judgeLock(lock: LockRecord, facts: LockFacts): LockJudgement {
  return isSameMachine(lock, facts) ? judgeByProof(lock, facts) : judgeByStandstill(lock, facts);
}

/** The pid namespace that every Linux machine boots with (PROC_PID_INIT_INO), and what is said where there are none. */
const NO_CONTAINER: ReadonlySet<string> = new Set(['pid:[4026531836]', 'none']);

/**
 * Whether a lock was taken on this machine, in the pid namespace of this process: what this process sees is proof then.
 * Machines made from one image can have one id, containers on two machines one host name and one number of a namespace; so
 * after another boot only a machine itself, under the same host name, is taken for the same.
 */
export function isSameMachine(
  lock: Pick<LockRecord, 'machine' | 'host' | 'pidNamespace' | 'boot'>,
  here: Pick<LockFacts, 'machine' | 'host' | 'pidNamespace' | 'boot'>,
): boolean {
  // Two machines that both do not know their id are not the same machine.
  if (lock.machine === '' || lock.pidNamespace === '') return false;
  if (lock.machine !== here.machine || lock.pidNamespace !== here.pidNamespace) return false;
  return !isOtherBoot(lock, here) || (lock.host === here.host && NO_CONTAINER.has(lock.pidNamespace));
}

function isOtherBoot(lock: Pick<LockRecord, 'boot'>, here: Pick<LockFacts, 'boot'>): boolean {
  return lock.boot !== '' && here.boot !== '' && lock.boot !== here.boot;
}

function judgeByProof(lock: LockRecord, facts: LockFacts): LockJudgement {
  if (isOtherBoot(lock, facts)) return { verdict: 'dead', reason: `${lock.host} was restarted since` };
  const { process } = facts;
  if (process === 'unreadable')
    return { verdict: 'live', reason: `process ${lock.pid} cannot be looked at, so it counts as alive` };
  if (!process.alive) return { verdict: 'dead', reason: `process ${lock.pid} is gone` };
  if (process.started !== null && lock.started !== '' && process.started !== lock.started)
    return { verdict: 'dead', reason: `process ${lock.pid} is gone; another one has its number now` };
  return { verdict: 'live', reason: `process ${lock.pid} is alive` };
}

function judgeByStandstill(lock: LockRecord, facts: LockFacts): LockJudgement {
  const neighbour = lock.machine === facts.machine && !isOtherBoot(lock, facts);
  const where = neighbour ? `in another container on ${lock.host}` : `on ${lock.host}`;
  const unchanged = facts.seenUnchangedFor;
  if (unchanged === null)
    return { verdict: 'unknown', reason: `its worker runs ${where}; seen for the first time` };
  const minutes = Math.max(0, Math.floor(unchanged / 60_000));
  return unchanged >= UNCHANGED_MEANS_DEAD
    ? { verdict: 'dead', reason: `its worker ${where} has not renewed it for ${minutes} min` }
    : { verdict: 'unknown', reason: `its worker runs ${where}; unchanged for ${minutes} of 15 min` };
}
