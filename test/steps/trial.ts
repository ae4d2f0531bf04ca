import { RotaError } from '../../src/errors.ts';
import type { Fault } from '../support/fault.ts';
import { faultySystem, type Meeting } from '../support/faulty-system.ts';
import { run, sweepOnce } from './acts.ts';
import type { Arena } from './arena.ts';
import { check } from './check.ts';
import type { FrozenDeaths } from './frozen-deaths.ts';
import { type PersonsWork, personsWorkOnly } from './person.ts';
import { releaseQueues } from './release-queues.ts';
import type { Phase, Scenario } from './scenario.ts';
import { signatureOf } from './signature.ts';

/** One call, as a run met it. */
export interface Step {
  /** Its number among those that change something; null: it only reads. */
  readonly n: number | null;
  readonly label: string;
  readonly phase: Phase;
  /** Another changing call had not ended yet. */
  readonly overlaps: boolean;
}

export interface Trial {
  readonly fault: Fault;
  /** Whether the step was there. */
  readonly hit: boolean;
  /** At what it happened. */
  readonly step: string;
  /** How the act ended, in words; null: it died. */
  readonly end: string | null;
  /** Sweeps until everything held: 1 or 2. */
  readonly sweeps: number;
  readonly violations: readonly string[];
  readonly steps: readonly Step[];
}

/** Long after any backoff. */
const LATER = 3 * 60 * 60_000;
/** An act that has not ended by then hangs, in milliseconds. */
const LONGEST = 240_000;

/** Healed states (signature.ts) from which the tasks did land: going on from the same state again proves nothing new. */
export type KnownStates = Set<string>;

/** Restores the arena, lets the scenario's act meet the fault, sweeps at most twice, and checks everything. */
export async function tryFault(
  arena: Arena,
  scenario: Scenario,
  fault: Fault,
  known: KnownStates = new Set(),
): Promise<Trial> {
  arena.restore();
  const before = personsWorkOnly(arena);
  const steps: Step[] = [];
  let phase: Phase = 'open';
  let n = 0;
  const onCall = ({ label, changing, overlaps }: Meeting) => {
    phase = phaseAt(phase, label);
    const shown = label.replaceAll(`${arena.folder}/`, '');
    steps.push({ n: changing ? ++n : null, label: shown, phase, overlaps });
  };
  const faulty = faultySystem(arena.system(), fault, { onCall });
  const { end, violations: bugs } = await actOut(
    arena,
    scenario,
    fault,
    faulty,
    () => phase,
    (now) => {
      phase = now;
    },
  );
  const trial = {
    ...{ fault, end, steps, hit: faulty.hit() },
    step: fault.kind === 'none' ? '' : (steps.find((step) => step.n === fault.at)?.label ?? ''),
  };
  if (bugs.length > 0) return { ...trial, violations: bugs, sweeps: 0 };
  return { ...trial, ...(await recover(arena, scenario, { before, known, later: later(fault) })) };
}

/** A death whose state was kept (frozen-deaths.ts): the same from there on. */
export async function tryFrozen(
  arena: Arena,
  scenario: Scenario,
  frozen: FrozenDeaths,
  fault: Fault & { readonly at: number },
  known: KnownStates,
): Promise<Trial> {
  const step = frozen.thaw(fault.at);
  releaseQueues(arena);
  const after = await recover(arena, scenario, { before: frozen.before, known, later: later(fault) });
  return { fault, hit: true, step, end: null, steps: [], ...after };
}

interface Recovery {
  readonly before: PersonsWork;
  readonly known: KnownStates;
  /** Milliseconds. */
  readonly later: number;
}

async function recover(
  arena: Arena,
  scenario: Scenario,
  { before, known, later }: Recovery,
): Promise<Pick<Trial, 'sweeps' | 'violations'>> {
  const healed = await heal(arena, before);
  if (healed.violations.length > 0) return healed;
  const state = `${later} ${signatureOf(arena)}`;
  if (known.has(state)) return healed;
  const violations = await goOn(arena, scenario, before, later);
  if (violations.length === 0) known.add(state);
  return { ...healed, violations };
}

/** An error may leave a backoff behind; a death may not. */
function later({ kind }: Fault): number {
  return kind === 'error' ? LATER : 0;
}

async function actOut(
  arena: Arena,
  scenario: Scenario,
  fault: Fault,
  faulty: ReturnType<typeof faultySystem>,
  phase: () => Phase,
  tell: (phase: Phase) => void,
): Promise<{ end: string | null; violations: string[] }> {
  const acting = scenario.act(arena, faulty.system, tell).then(
    (end) => ({ end, violations: [] }),
    (error: unknown) => ({ end: endOf(error), violations: judgeThrown(error, phase()) }),
  );
  const died = faulty.died.then(() => ({ end: null, violations: [] }));
  const watch = timer(LONGEST);
  const late = watch.over.then(() => ({ end: 'it hangs', violations: ['The act did not end.'] }));
  const result = await Promise.race([acting, died, late]);
  watch.stop();
  await faulty.end();
  releaseQueues(arena);
  return fault.kind === 'death' && result.end !== null && faulty.hit()
    ? { ...result, violations: [`It ended although it had died: ${result.end}`] }
    : result;
}

async function heal(arena: Arena, before: PersonsWork): Promise<{ sweeps: number; violations: string[] }> {
  let violations: string[] = [];
  for (let sweeps = 1; sweeps <= 2; sweeps++) {
    try {
      await sweepOnce(arena, arena.system());
      violations = await check(arena, before);
    } catch (error) {
      violations = [`The sweep failed: ${bugOf(error)}`];
    }
    if (violations.length === 0) return { sweeps, violations };
  }
  return { sweeps: 2, violations };
}

/** The task is as good as new: it lands in one more run, once. */
async function goOn(arena: Arena, scenario: Scenario, before: PersonsWork, later: number): Promise<string[]> {
  await scenario.between?.(arena);
  const work = scenario.between === undefined ? before : personsWorkOnly(arena);
  for (const task of scenario.lands) {
    if (hasLanded(arena, task)) continue;
    try {
      const { outcome, reason } = await run(arena, arena.system(later), undefined, task);
      // What waits is landed by the sweep that a run begins with; then there is nothing left to do.
      if (outcome !== 'landed' && !hasLanded(arena, task))
        return [`${task} did not land afterwards: ${outcome}: ${reason}`];
    } catch (error) {
      return [`${task} did not land afterwards: ${bugOf(error)}`];
    }
  }
  return [...(await check(arena, work)), ...(scenario.also?.(arena) ?? [])];
}

function hasLanded({ git, shared }: Arena, task: string): boolean {
  const format = '--format=%(trailers:key=Task,valueonly,separator=)';
  return git(shared, 'log', '--first-parent', format, 'main').split('\n').includes(task);
}

/** What the events do not tell apart shows in the queue that is entered. */
function phaseAt(phase: Phase, label: string): Phase {
  if (phase === 'claim' && /\/queues\/main/.test(label)) return 'publish';
  return phase === 'gate' && /\/queues\/landing/.test(label) ? 'land' : phase;
}

/** A run that has a task ends with an outcome. */
function judgeThrown(error: unknown, phase: Phase): string[] {
  if (!(error instanceof RotaError)) return [bugOf(error)];
  return phase === 'open' || phase === 'claim' || phase === 'publish'
    ? []
    : [`The run had a task and threw, in ${phase}: ${bugOf(error)}`];
}

function endOf(error: unknown): string {
  return error instanceof RotaError ? `${error.code}: ${error.message}` : 'a bug';
}

function bugOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

function timer(ms: number): { over: Promise<void>; stop: () => void } {
  let stop: () => void = () => undefined;
  const over = new Promise<void>((resolve) => {
    const handle = setTimeout(resolve, ms);
    stop = () => clearTimeout(handle);
  });
  return { over, stop };
}
