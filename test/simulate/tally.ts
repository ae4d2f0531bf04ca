/** What a simulated fleet did, while it does it. Times in milliseconds. */
export interface Tally {
  runs: number;
  idle: number;
  agents: number;
  gates: number;
  landings: number;
  /** Races for a task that somebody else won. */
  lostClaims: number;
  /** Gates whose main moved before they could land. */
  lostGates: number;
  /** Tasks that had to wait for another run, because main moved five times. */
  putOff: number;
  /** From asking for work to having it. */
  readonly claims: number[];
  /** Of that, what went into races that were lost. */
  waste: number;
  /** When each machine vanished. */
  readonly vanished: Map<string, number>;
  /** From vanishing to a task being free again. */
  readonly recoveries: number[];
  claimed(after: number, waste: number): void;
  takenOver(machine: string, at: number): void;
}

export function startTally(): Tally {
  const tally: Tally = {
    ...{ runs: 0, idle: 0, agents: 0, gates: 0, landings: 0, lostClaims: 0, lostGates: 0, putOff: 0 },
    ...{ claims: [], waste: 0, vanished: new Map(), recoveries: [] },
    claimed: (after, waste) => {
      tally.claims.push(after);
      tally.waste += waste;
    },
    takenOver: (machine, at) => {
      const since = tally.vanished.get(machine);
      if (since !== undefined) tally.recoveries.push(at - since);
    },
  };
  return tally;
}
