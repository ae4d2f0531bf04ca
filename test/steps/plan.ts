import { createHash } from 'node:crypto';
import type { Fault } from '../support/fault.ts';
import { faultsAt } from './faults-of.ts';
import type { Phase, Scenario } from './scenario.ts';
import type { Step } from './trial.ts';

/** Which trials are wanted. */
export interface Choice {
  readonly seed: number;
  readonly from: number;
  readonly to: number;
  /** The share of all trials. */
  readonly sample: number;
  /** Null: both. */
  readonly only: 'deaths' | 'errors' | null;
}

/** What is to be tried at a step. */
export interface StepPlan {
  /** Null: it only reads, so it counts as tried with the next one that changes something. */
  readonly n: number | null;
  /** Which line of the table it belongs to. */
  readonly row: string;
  readonly label: string;
  readonly faults: readonly Fault[];
  /** Every fault that fits, of those that are wanted, is among them. */
  readonly whole: boolean;
}

/** What is tried in a scenario, from a run of it without a fault. */
export function planOf(
  scenario: Scenario,
  steps: readonly Step[],
  choice: Choice,
): { all: StepPlan[]; chosen: StepPlan[] } {
  const { name, phases } = scenario;
  const wanted = steps.filter(({ phase }) => phases === undefined || phases.includes(phase));
  const first = wanted.find(({ n }) => n !== null);
  const all = wanted.map((step): StepPlan => {
    const { n, label, phase } = step;
    const about = { n, label, row: rowOf(scenario, phase) };
    if (n === null) return { ...about, faults: [], whole: true };
    const faults = faultsAt({ ...step, n }, step === first, choice.seed);
    const chosen = faults.filter(
      (fault, which) => isWanted(choice, fault) && isChosen(choice, `${name} ${n} ${which}`),
    );
    const whole = chosen.length === faults.filter((fault) => isWanted(choice, fault)).length;
    return { ...about, faults: chosen, whole };
  });
  const chosen = all.filter(
    ({ n, faults }) => n !== null && n >= choice.from && n <= choice.to && faults.length > 0,
  );
  return { all, chosen };
}

function rowOf({ name, phases }: Scenario, phase: Phase): string {
  return phases?.length === 1 || phase === 'open' ? name : `${name}: ${phase}`;
}

function isWanted({ only }: Choice, { kind }: Fault): boolean {
  return only === null || only === `${kind}s`;
}

/** The same ones for the same seed. */
function isChosen({ sample, seed }: Choice, what: string): boolean {
  return createHash('sha256').update(`${seed} ${what}`).digest().readUInt32BE() / 2 ** 32 < sample;
}
