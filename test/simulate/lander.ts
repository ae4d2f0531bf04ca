import { turnPause } from '../../src/plan/turn-pause.ts';
import type { MachineParts } from './machine.ts';
import type { Held, View } from './remote.ts';
import { MINUTE } from './wish.ts';

/** As the real ones: src/run/land/land.ts, src/run/land/fleet-turn.ts. */
const GATES = 5;
const SWAPS = 12;
const TURN = { renew: 15_000, dead: MINUTE, most: 10 * MINUTE, behind: 1_000 };
/** How long a landing waits for a remote that is gone. */
const PATIENCE = 14 * MINUTE;

type End = 'landed' | 'lost' | 'gate again';
type Turn = { token: string | null };

/**
 * Lands finished work of one machine: beside workers of others in the fleet's turn, else freely at first. False: it was lost, or put
 * off after five gates.
 */
export function lander(
  { id, time, remote, wish, dice, tally }: MachineParts,
  alive: <T>(step: Promise<T>) => Promise<T>,
): (held: Held) => Promise<boolean> {
  let line: Promise<unknown> = Promise.resolve();
  const wait = (ms: number) => alive(time.wait(ms));

  /** Workers of one machine wait for each other. */
  function inLine<T>(action: () => Promise<T>): Promise<T> {
    const turn = line.then(action);
    line = turn.catch(() => undefined);
    return alive(turn);
  }

  return async (held) => {
    for (let gates = 0; gates < GATES && !held.lost; gates++) {
      const view = await readPatiently(held);
      if (view === null) return false;
      const end = gates === 0 && !othersMayLand(view) ? await landFreely(held, view) : await landInTurn(held);
      if (end === 'landed') tally.landings += 1;
      if (end !== 'gate again') return end === 'landed';
      tally.lostGates += 1;
    }
    return false;
  };

  function othersMayLand({ records, landing }: View): boolean {
    if (landing !== null) return true;
    return [...records.values()].some(({ record }) => record?.lock && record.lock.machine !== id);
  }

  async function landFreely(held: Held, view: View): Promise<End> {
    await gate({ token: null });
    return inLine(() => swap(held, view, { token: null }));
  }

  function landInTurn(held: Held): Promise<End> {
    const began = time.now();
    return inLine(async () => {
      const turn: Turn = { token: await takeTurn(held, began) };
      const view = await readPatiently(held);
      if (view === null) return 'lost';
      await gate(turn);
      const end = await swap(held, view, turn);
      if (end !== 'landed' && turn.token !== null) await alive(remote.turn(turn.token, false));
      return end;
    });
  }

  /** Null: it lands without. */
  async function takeTurn(held: Held, began: number): Promise<string | null> {
    const from = time.now();
    if (from - began >= TURN.behind) await wait(turnPause(from - began, dice.fraction()));
    let seen: { readonly token: string | null; readonly since: number } = { token: null, since: from };
    while (!held.lost && time.now() - from < TURN.most) {
      const view = await readPatiently(held);
      if (view === null) return null;
      const now = time.now();
      if (view.landing !== seen.token) seen = { token: view.landing, since: now };
      if (view.landing === null || now - seen.since >= TURN.dead) {
        const answer = await alive(remote.turn(view.landing, true));
        if (answer.kind === 'swapped') return answer.token;
      }
      await wait(turnPause(now - began, dice.fraction()));
    }
    return null;
  }

  /** The gate, during which the holder of the turn shows that it lives. */
  async function gate(turn: Turn): Promise<void> {
    tally.gates += 1;
    for (const end = time.now() + wish.gate; time.now() < end; ) {
      await wait(Math.min(TURN.renew, end - time.now()));
      if (turn.token === null || time.now() >= end) continue;
      const answer = await alive(remote.turn(turn.token, true));
      turn.token = answer.kind === 'swapped' ? answer.token : null;
    }
  }

  async function swap(held: Held, gated: View, turn: Turn): Promise<End> {
    let view = gated;
    for (let swaps = 0; swaps < SWAPS && !held.lost; swaps++) {
      const main = { from: view.main, code: true, done: true };
      const back = turn.token === null ? {} : { turn: turn.token };
      const answer = await alive(
        remote.push({ key: held.task.key, from: held.token, to: null, main, ...back }),
      );
      if (answer.kind === 'swapped') return 'landed';
      const now = await readPatiently(held);
      if (now === null) return 'lost';
      const there = now.records.get(held.task.key);
      if (there?.record?.lock?.run !== held.record.lock?.run) return 'lost';
      // A renewal of our own may have been faster.
      if (there !== undefined) held.token = there.token;
      if (now.landing !== turn.token) turn.token = null;
      if (now.code !== view.code) return 'gate again';
      view = now;
    }
    return 'gate again';
  }

  /** While the remote does not answer, until the lock could have been taken over. */
  async function readPatiently(held: Held): Promise<View | null> {
    const from = time.now();
    for (let pause = 1_000; !held.lost && time.now() - from < PATIENCE; pause = Math.min(2 * pause, MINUTE)) {
      const view = await alive(remote.read());
      if (view !== null) return view;
      await wait(pause * (0.5 + dice.fraction()));
    }
    return null;
  }
}
