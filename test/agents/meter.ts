import { type Cost, costOf } from './processes.ts';
import { WAITS } from './scripts.ts';

export interface MeasuredCost extends Cost {
  /** Of one core, while the client worked. */
  readonly share: number;
  /** Seconds over which it was measured. */
  readonly seconds: number;
}

/** Rota's own cost between two answers of the model: the client works, nothing else happens meanwhile. */
export interface Meter {
  /** The client's work gets its n-th good answer, counted from 0. */
  turn(n: number, worker: number): void;
  /** Null: it did not get that far. */
  measured(): MeasuredCost | null;
}

/** From the client's second request to the end of its waiting (`slowScript`). */
const FIRST = 1;
const LAST = FIRST + WAITS;

export function meter(): Meter {
  let begin: Look | null = null;
  let end: Look | null = null;
  return {
    turn: (n, worker) => {
      if (n === FIRST) begin = look(worker);
      if (n === LAST) end = look(worker);
    },
    measured: () => {
      if (begin === null || end === null) return null;
      const seconds = (end.at - begin.at) / 1000;
      return { ...end, seconds, share: (end.cpu - begin.cpu) / 1000 / seconds };
    },
  };
}

type Look = Cost & { readonly at: number };

function look(worker: number): Look | null {
  const cost = costOf(worker);
  return cost === null ? null : { ...cost, at: performance.now() };
}
