import process, { argv, exit } from 'node:process';
import type { Fault } from '../support/fault.ts';
import { type Arena, makeArena } from './arena.ts';
import { type FrozenDeaths, freezeDeaths } from './frozen-deaths.ts';
import type { StepPlan } from './plan.ts';
import type { Scenario } from './scenario.ts';
import { SCENARIOS } from './scenarios.ts';
import { type KnownStates, type Trial, tryFault, tryFrozen } from './trial.ts';

/** Everything that is to be tried at one step. */
export interface Job extends StepPlan {
  readonly scenario: string;
  /** How the act ends without a fault. */
  readonly end: string | null;
}

/** What a worker process says. */
export type Said =
  | { readonly kind: 'ready' }
  | ({
      readonly kind: 'trial';
      readonly job: Job;
      /** It ended as if there had been no error. */
      readonly unnoticed: boolean;
      /** It went on from a healed state that was new. */
      readonly wentOn: boolean;
    } & Pick<Trial, 'fault' | 'step' | 'end' | 'sweeps' | 'violations'>)
  /** All faults of the step were tried. */
  | { readonly kind: 'tried'; readonly job: Job };

interface Stage {
  readonly scenario: Scenario;
  readonly arena: Arena;
  readonly known: KnownStates;
  readonly frozen: FrozenDeaths;
}

/** A step whose place in the order depends on what runs beside it may be missed; then it is tried again. */
const TRIES = 4;

/** A worker process: `--part BASE`. Does the jobs that arrive, in an arena of its own below BASE. */
export async function bePart(): Promise<void> {
  const base = argv[3]!;
  const say = (said: Said) => void process.send!(said);
  const unhandled: string[] = [];
  process.on('unhandledRejection', (error) => {
    unhandled.push(`Nobody caught: ${error instanceof Error ? error.stack : String(error)}`);
  });
  let stage: Stage | null = null;
  process.on('disconnect', () => {
    stage?.arena.dispose();
    exit(1);
  });
  process.on('message', async (job: Job | 'done') => {
    if (job === 'done') {
      stage?.arena.dispose();
      exit(0);
    }
    if (stage?.scenario.name !== job.scenario) {
      stage?.arena.dispose();
      stage = await setStage(base, job.scenario);
    }
    await doJob(stage, job, unhandled, say);
    say({ kind: 'ready' });
  });
  say({ kind: 'ready' });
}

async function setStage(base: string, name: string): Promise<Stage> {
  const scenario = SCENARIOS.find((one) => one.name === name)!;
  const arena = makeArena(base, scenario.hub, scenario.wish);
  await scenario.prepare?.(arena);
  arena.keep();
  const frozen = await freezeDeaths(arena, scenario);
  return { scenario, arena, known: new Set(), frozen };
}

async function doJob(
  { scenario, arena, known, frozen }: Stage,
  job: Job,
  unhandled: string[],
  say: (said: Said) => void,
): Promise<void> {
  for (const fault of job.faults) {
    const before = known.size;
    const trial =
      fault.kind === 'death' && fault.when === 'after' && typeof fault.at === 'number' && frozen.has(fault.at)
        ? await tryFrozen(arena, scenario, frozen, { ...fault, at: fault.at }, known)
        : await tryUntilHit(() => tryFault(arena, scenario, fault, known), fault);
    const { end, sweeps } = trial;
    const violations = [...trial.violations, ...unhandled.splice(0)];
    say({
      ...{ kind: 'trial', job, fault, end, sweeps, violations, wentOn: known.size > before },
      step: trial.step === '' ? job.label : trial.step,
      unnoticed: fault.kind === 'error' && end === job.end,
    });
  }
  say({ kind: 'tried', job });
}

async function tryUntilHit(attempt: () => Promise<Trial>, fault: Fault): Promise<Trial> {
  for (let tries = 1; ; tries++) {
    const trial = await attempt();
    if (trial.hit || trial.violations.length > 0 || fault.kind === 'none') return trial;
    if (tries === TRIES) return { ...trial, violations: ['The step was never reached.'] };
  }
}
