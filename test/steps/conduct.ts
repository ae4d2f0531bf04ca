import { type ChildProcess, fork } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process, { argv, stderr, stdout } from 'node:process';
import { makeArena } from './arena.ts';
import type { Job, Said } from './part.ts';
import { type Choice, planOf, type StepPlan } from './plan.ts';
import type { Scenario } from './scenario.ts';
import { startTally } from './tally.ts';
import { tryFault } from './trial.ts';

export interface Conducting extends Choice {
  readonly workers: number;
  readonly verbose: boolean;
}

/** Shares the trials of all scenarios out to worker processes, and prints what they found. True: everything healed. */
export async function conduct(scenarios: readonly Scenario[], options: Conducting): Promise<boolean> {
  const { seed, workers, verbose } = options;
  const tally = startTally(seed, (line) => stderr.write(`${line}\n`), verbose);
  const queue = startQueue<Job>();
  const parts = Array.from({ length: workers }, (_, n) => servePart(n, queue.take, tally.hear));
  // What is known by then, for who does not want to wait: the worker processes end with this one.
  for (const signal of ['SIGINT', 'SIGTERM'])
    process.on(signal, () => {
      stdout.write(`${tally.report(workers)}Stopped before its end.\n`);
      process.exit(130);
    });
  const base = join(tmpdir(), `rota-steps-${process.pid}-plan`);
  for (const scenario of scenarios) {
    const steps = await planIn(base, scenario, options, tally.wrong);
    tally.expect(steps.all);
    for (const plan of steps.chosen) queue.put({ ...plan, scenario: scenario.name, end: steps.end });
  }
  queue.close();
  await Promise.all(parts);
  stdout.write(tally.report(workers));
  return tally.healed();
}

async function planIn(
  base: string,
  scenario: Scenario,
  choice: Choice,
  wrong: (what: string) => void,
): Promise<{ all: readonly StepPlan[]; chosen: readonly StepPlan[]; end: string | null }> {
  const arena = makeArena(base, scenario.hub, scenario.wish);
  try {
    await scenario.prepare?.(arena);
    arena.keep();
    const dry = await tryFault(arena, scenario, { kind: 'none' });
    if (dry.violations.length > 0) wrong(`${scenario.name} without a fault: ${dry.violations.join('; ')}`);
    return { ...planOf(scenario, dry.steps, choice), end: dry.end };
  } finally {
    arena.dispose();
  }
}

/** What was put in, in this order; null once it is closed and empty. */
function startQueue<T>() {
  const items: T[] = [];
  const waiting: ((item: T | null) => void)[] = [];
  let closed = false;
  return {
    put: (item: T) => {
      const next = waiting.shift();
      if (next === undefined) items.push(item);
      else next(item);
    },
    take: (): Promise<T | null> => {
      const item = items.shift();
      if (item !== undefined || closed) return Promise.resolve(item ?? null);
      return new Promise((resolve) => waiting.push(resolve));
    },
    close: () => {
      closed = true;
      for (const next of waiting.splice(0)) next(null);
    },
  };
}

/** A worker process gets one job after the other. */
function servePart(n: number, take: () => Promise<Job | null>, hear: (said: Said) => void): Promise<void> {
  const base = join(tmpdir(), `rota-steps-${process.pid}-${n}`);
  const child: ChildProcess = fork(argv[1]!, ['--part', base], { execArgv: ['--enable-source-maps'] });
  return new Promise((resolve, reject) => {
    child.on('message', async (said: Said) => {
      if (said.kind !== 'ready') return hear(said);
      const job = await take();
      if (child.connected) child.send(job ?? 'done');
    });
    child.on('exit', (code, signal) => {
      if (code === 0) resolve();
      else reject(new Error(`A worker process ended with ${code ?? signal}.`));
    });
  });
}
