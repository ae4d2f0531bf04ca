import type { Fault } from '../support/faulty-system.ts';
import { makeArena } from './arena.ts';
import { faultsAt, stepsToTry } from './faults-of.ts';
import type { Phase, Scenario } from './scenario.ts';
import { type Trial, tryFault } from './trial.ts';

/** Which of the steps, and which share of them. */
export interface Range {
  readonly seed: number;
  readonly from: number;
  readonly to: number;
  readonly n: number;
  readonly of: number;
}

/** What a worker process says about its trials. */
export type Said =
  | { readonly kind: 'size'; readonly row: string; readonly steps: number; readonly changing: number }
  /** Everything was tried at a step. */
  | { readonly kind: 'step'; readonly row: string }
  | ({
      readonly kind: 'trial';
      readonly row: string;
      readonly scenario: string;
      /** It ended as if there had been no error. */
      readonly unnoticed: boolean;
    } & Pick<Trial, 'fault' | 'step' | 'end' | 'sweeps' | 'violations'>)
  | { readonly kind: 'wrong'; readonly what: string };

/** A step whose place in the order depends on what runs beside it may be missed; then it is tried again. */
const TRIES = 4;

/** Tries this part's share of a scenario's faults in an arena of its own. */
export async function work(
  scenario: Scenario,
  { seed, from, to, n, of }: Range,
  base: string,
  say: (said: Said) => void,
): Promise<void> {
  const arena = makeArena(base, scenario.hub, scenario.wish);
  try {
    await scenario.prepare?.(arena);
    arena.keep();
    const dry = await tryFault(arena, scenario, { kind: 'none' });
    if (dry.violations.length > 0)
      return say({ kind: 'wrong', what: `${scenario.name} without a fault: ${dry.violations.join('; ')}` });
    const wanted = stepsToTry(scenario, dry.steps);
    const row = (phase: Phase) =>
      scenario.phases?.length === 1 || phase === 'open' ? scenario.name : `${scenario.name}: ${phase}`;
    for (const name of new Set(wanted.map(({ phase }) => row(phase)))) {
      const own = dry.steps.filter(({ phase }) => row(phase) === name);
      say({
        kind: 'size',
        row: name,
        steps: own.length,
        changing: own.filter((step) => step.n !== null).length,
      });
    }
    for (const [at, step] of wanted.entries()) {
      if (at % of !== n || step.n < from || step.n > to) continue;
      for (const fault of faultsAt(step, at === 0, seed)) {
        const trial = await tryUntilHit(() => tryFault(arena, scenario, fault), fault);
        const { end, sweeps, violations } = trial;
        say({
          ...{ kind: 'trial', row: row(step.phase), scenario: scenario.name, fault, end, sweeps, violations },
          step: trial.step === '' ? step.label : trial.step,
          unnoticed: fault.kind === 'error' && end === dry.end,
        });
      }
      say({ kind: 'step', row: row(step.phase) });
    }
  } finally {
    arena.dispose();
  }
}

async function tryUntilHit(attempt: () => Promise<Trial>, fault: Fault): Promise<Trial> {
  for (let tries = 1; ; tries++) {
    const trial = await attempt();
    if (trial.hit || trial.violations.length > 0 || fault.kind === 'none') return trial;
    if (tries === TRIES) return { ...trial, violations: ['The step was never reached.'] };
  }
}
