/** What a simulated fleet is like. Times in milliseconds. */
export interface Wish {
  readonly machines: number;
  /** At once on each. */
  readonly workers: number;
  readonly tasks: number;
  /** Share of the tasks whose `touches` lie in one of a few busy folders. */
  readonly overlapping: number;
  /** Mean of an agent's work; single ones differ widely. */
  readonly agent: number;
  readonly gate: number;
  /** To the remote and back. */
  readonly trip: number;
  /** What the remote needs for one push; it does one after the other. */
  readonly service: number;
  /** Machines that vanish, each at a moment of its own. */
  readonly vanish: number;
  /** When the remote is unreachable; null: never. */
  readonly outage: { readonly from: number; readonly to: number } | null;
  readonly seed: number;
}

export const MINUTE = 60_000;

/** A fleet of nothing special. */
export const USUAL: Wish = {
  ...{ machines: 4, workers: 4, tasks: 200, overlapping: 0.2, agent: 10 * MINUTE, gate: MINUTE },
  ...{ trip: 60, service: 40, vanish: 0, outage: null, seed: 1 },
};
