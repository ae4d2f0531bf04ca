import { RotaError } from '../../errors.ts';
import { turnPause } from '../../plan/turn-pause.ts';
import { LANDING_REF, writeLandingTurn } from '../../store/records/landing-turn.ts';
import type { RefChange } from '../../store/shared-refs.ts';
import { send } from '../project/actor.ts';
import type { Project } from '../project/project.ts';
import type { LandingWork } from './landing-work.ts';

/** The turn to land among the machines of a fleet. */
export interface FleetTurn {
  /** What the ref must still be at; null: without a turn, which only makes a lost race likelier. */
  token: string | null;
}

/** Milliseconds. */
const TIMES = {
  /** The holder shows so often that it lives. */
  renew: 15_000,
  /** One that has not shown itself for so long has died or lost its remote: the next one takes its turn. */
  dead: 60_000,
  /** After that it lands without a turn. */
  most: 10 * 60_000,
  /** Who waited so long for workers of its own machine comes right behind one of them. */
  behind: 1_000,
};

/**
 * Machines that land at one time take turns: while one gates and lands, what others gate would be gated in vain. The turn is a ref
 * on the remote, taken and given back by compare-and-swap; the landing's own push gives it back. It saves work and proves nothing:
 * whoever cannot have it lands without, and loses a race at worst. Without a remote the machine's queue does all of this.
 *
 * @param began when it began to wait for its turn on this machine, by the monotonic clock
 */
export async function inFleetTurn<T>(
  project: Project,
  work: LandingWork,
  began: number,
  action: (turn: FleetTurn) => Promise<T>,
): Promise<T> {
  const token = project.refs.kind === 'local' ? null : await take(project, work, began);
  const turn: FleetTurn = { token };
  try {
    return await action(turn);
  } finally {
    await giveBack(project, turn);
  }
}

/** Shows that this worker lives while it does what takes long. */
export async function keepFleetTurn<T>(
  project: Project,
  { lock }: LandingWork,
  turn: FleetTurn,
  action: () => Promise<T>,
): Promise<T> {
  const over = new AbortController();
  const showing = showLife(project, lock.run, turn, over.signal);
  // Thrown below, once the action is over.
  showing.catch(() => undefined);
  try {
    return await action();
  } finally {
    over.abort();
    await showing;
  }
}

async function showLife(project: Project, run: string, turn: FleetTurn, over: AbortSignal): Promise<void> {
  for (;;) {
    await project.system.clock.wait(TIMES.renew, over);
    if (over.aborted || turn.token === null) return;
    const token = await orNoTurn(writeLandingTurn(project, run));
    const change = { ref: LANDING_REF, from: turn.token, to: token };
    const swapped = token === null ? null : await orNoTurn(project.refs.swap([change]));
    turn.token = swapped?.kind === 'swapped' ? token : null;
  }
}

/** What fails costs the turn, and nothing else. */
async function orNoTurn<T>(doing: Promise<T>): Promise<T | null> {
  try {
    return await doing;
  } catch (error) {
    if (error instanceof RotaError) return null;
    throw error;
  }
}

/** The change that gives the turn back together with a landing. */
export function backWithLanding({ token }: FleetTurn): RefChange[] {
  return token === null ? [] : [{ ref: LANDING_REF, from: token, to: null }];
}

/** Waits for the turn; null: it lands without. */
async function take(project: Project, work: LandingWork, began: number): Promise<string | null> {
  const { clock, random } = project.system;
  const from = clock.monotonic();
  // One after the other of a machine would find the turn free each time, and those of others never.
  if (from - began >= TIMES.behind) await clock.wait(turnPause(from - began, random.fraction()), work.stop);
  let seen: { readonly token: string | null; readonly since: number } = { token: null, since: from };
  while (!work.stop.aborted) {
    const { landing = null } = await project.refs.read();
    const now = clock.monotonic();
    if (landing !== seen.token) seen = { token: landing, since: now };
    if (landing === null || now - seen.since >= TIMES.dead) {
      const token = await writeLandingTurn(project, work.lock.run);
      const swapped = await project.refs.swap([{ ref: LANDING_REF, from: landing, to: token }]);
      if (swapped.kind === 'swapped') return token;
      if (swapped.kind !== 'stale') return null;
      tellLost(project, work, (clock.monotonic() - now) / 1000);
    }
    if (now - from >= TIMES.most) return null;
    await clock.wait(turnPause(now - began, random.fraction()), work.stop);
  }
  return null;
}

/** Nobody waits for longer than for one that died. */
async function giveBack(project: Project, turn: FleetTurn): Promise<void> {
  if (turn.token === null) return;
  await orNoTurn(project.refs.swap(backWithLanding(turn)));
  turn.token = null;
}

function tellLost(project: Project, { role, lock }: LandingWork, seconds: number): void {
  const origin = { role: role.name, task: lock.record.task, run: lock.run };
  const detail = 'others took the turn to land';
  send(project, origin, { type: 'race', over: 'landing', seconds, detail });
}
