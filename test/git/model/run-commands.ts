import type fc from 'fast-check';
import { expect } from 'vitest';
import { pauseRoles } from '../../../src/run/claim/pause-roles.ts';
import { sweep as sweepReally } from '../../../src/run/sweep/sweep.ts';
import type { Ending } from '../../../src/run/work/active-run.ts';
import { editTask } from '../../../src/task/edit.ts';
import { expectAgreement } from './agree.ts';
import {
  claim,
  deadOn,
  eligible,
  type Facts,
  isRevoked,
  release,
  sweep,
  type TaskFacts,
  type WorkerFacts,
  working,
} from './facts.ts';
import { land } from './landing.ts';
import { count } from './tally.ts';
import { giveUp, landWork, type ModelWorker, renew, type World } from './world.ts';

export type ModelCommand = fc.AsyncCommand<Facts, World>;

/** A command that is followed by a whole comparison. `name` says what was done. */
export function command(
  name: string,
  check: (facts: Facts) => boolean,
  run: (facts: Facts, world: World) => Promise<unknown>,
): ModelCommand {
  return {
    check,
    run: async (facts, world) => {
      await run(facts, world);
      count(name.replace(/[( ].*/, ''));
      await expectAgreement(facts, world, `after ${name}`);
    },
    toString: () => name,
  };
}

export function onMachine(world: World, n: number): number {
  return n % world.machines.length;
}

/** What `rota run` does first: the dead of its own machine are swept. */
function sweepFirst(facts: Facts, machine: number): void {
  if (deadOn(facts, machine).length > 0) sweep(facts, machine, false);
}

export function claimOne(n: number): ModelCommand {
  return command(
    `claim(${n})`,
    (facts) => working(facts).length < 4,
    async (facts, world) => {
      const machine = onMachine(world, n);
      sweepFirst(facts, machine);
      const best = eligible(facts, machine)?.[0];
      const made = await world.claim(machine);
      const took = typeof made === 'string' ? made : made.active.claim.task.id;
      if (best === undefined) {
        count('-> idle');
        return expect(made, 'a claim of nothing').toBeTypeOf('string');
      }
      expect(took, `the claim on machine ${machine}`).toBe(best.id);
      if (typeof made !== 'string') noteClaim(facts, machine, best, made);
    },
  );
}

function noteClaim(facts: Facts, machine: number, task: TaskFacts, { run, active }: ModelWorker): void {
  // Where main is busy a lock may stay unshown; the file has to say the same as the record.
  claim(facts, machine, task, run, active.lock.record.publish !== null);
}

/** Two workers claim at the same moment, on two machines where there are two. */
export function claimTogether(): ModelCommand {
  return command(
    'claimTogether',
    (facts) => working(facts).length < 3 && facts.machines.every((_, n) => deadOn(facts, n).length === 0),
    async (facts, world) => {
      const on = [onMachine(world, 0), onMachine(world, 1)];
      const made = await Promise.all(on.map((machine) => world.claim(machine)));
      const got = made.flatMap((one, index) =>
        typeof one === 'string' ? [] : [{ one, machine: on[index]! }],
      );
      const could = on.map((machine) => eligible(facts, machine) ?? []);
      for (const { one, machine } of got) {
        const task = eligible(facts, machine)?.find(({ id }) => id === one.active.claim.task.id);
        expect(task, `${one.active.claim.task.id}, claimed beside another claim`).toBeDefined();
        noteClaim(facts, machine, task!, one);
      }
      const most = new Set(could.flat()).size;
      const least = Math.min(2, most, could.filter((tasks) => tasks.length > 0).length);
      expect(got.length, `claims beside each other: ${made.map(describeClaim).join(', ')}`).toBe(least);
    },
  );
}

function describeClaim(made: ModelWorker | string): string {
  return typeof made === 'string' ? made : made.active.claim.task.id;
}

function withWorker(
  name: string,
  n: number,
  run: (facts: Facts, world: World, worker: WorkerFacts, real: ModelWorker) => Promise<unknown>,
): ModelCommand {
  return command(
    `${name}(${n})`,
    (facts) => working(facts).length > 0,
    async (facts, world) => {
      const all = working(facts);
      const worker = all[n % all.length]!;
      await run(facts, world, worker, world.workers.get(worker.run)!);
    },
  );
}

export function renewOne(n: number): ModelCommand {
  return withWorker('renew', n, async (facts, _world, worker, real) => {
    const { record } = worker.task;
    const lost = await renew(real);
    const keeps = !isRevoked(worker) && record?.holder === worker;
    expect(lost, 'a renewal').toEqual(keeps ? null : { outcome: 'revoked', reason: expect.any(String) });
    if (keeps) record.revision += 1;
    else {
      await giveUp(real, { outcome: 'revoked', reason: 'lost' });
      release(facts, worker, 'revoked');
    }
  });
}

export function crash(n: number): ModelCommand {
  return withWorker('crash', n, async (_facts, _world, worker, real) => {
    real.die();
    worker.alive = false;
  });
}

export function stop(n: number, outcome: 'blocked' | 'failed' | 'interrupted' | 'partial'): ModelCommand {
  const ending: Ending = {
    outcome,
    reason: `it ended ${outcome}`,
    question: outcome === 'blocked' ? 'why?' : null,
  };
  return withWorker(`stop:${outcome}`, n, async (facts, _world, worker, real) => {
    await giveUp(real, ending);
    release(facts, worker, outcome);
  });
}

/** The work is done and wants to land. `other`: it also sets the order of another task. */
export function landOne(n: number, red: boolean, other: number | null): ModelCommand {
  const name = `land${red ? ':red' : ''}${other === null ? '' : `:rewrite ${other}`}`;
  return withWorker(name, n, async (facts, _world, worker, real) => {
    const rewrite = other === null ? null : rewriteOf(facts, worker, other);
    const changes = [{ path: `src/${worker.run}.txt`, content: 'work\n' }];
    if (red) changes.push({ path: `bad/${worker.run}.txt`, content: 'red\n' });
    if (rewrite !== null) changes.push(await rewritten(real, worker, rewrite));
    const end = await landWork(real, changes);
    const expected = land(facts, worker, { red, rewrite });
    expect(end.outcome, `${name}: ${end.reason}`).toBe(expected);
    const stale = expected === 'revoked' && !isRevoked(worker) ? ' (the token was stale)' : '';
    count(`-> ${expected}${rewrite !== null && expected === 'landed' ? ' with a rewrite' : stale}`);
  });
}

type Rewrite = { readonly task: TaskFacts; readonly order: number };

/** A task whose file is where it was at the claim; else git has to follow renames, which is not what is tested here. */
function rewriteOf(facts: Facts, worker: WorkerFacts, n: number): Rewrite | null {
  const others = facts.tasks.filter((task) => {
    const stays = task.there && worker.files.get(task.id) === task.file;
    return task !== worker.task && stays;
  });
  const task = others[n % Math.max(1, others.length)];
  return task === undefined ? null : { task, order: 1000 - facts.workers.length };
}

async function rewritten({ active }: ModelWorker, { files }: WorkerFacts, { task, order }: Rewrite) {
  const path = files.get(task.id)!;
  const { system, repository } = active.project;
  const text = await system.git.run(repository.place, ['cat-file', 'blob', `${active.claim.main}:${path}`]);
  return { path, content: editTask(text.stdout.toString('utf8'), { order }) };
}

export function sweepOn(n: number): ModelCommand {
  return command(
    `sweep(${n})`,
    () => true,
    async (facts, world) => {
      const machine = onMachine(world, n);
      const options = { dryRun: false, discard: null };
      const { freed } = await sweepReally(world.machines[machine]!.project, options);
      if (freed.length > 0) count('-> swept something');
      sweep(facts, machine, true);
    },
  );
}

export function pause(role: 'developer' | null, paused: boolean): ModelCommand {
  return command(
    `${paused ? 'pause' : 'resume'}(${role ?? 'all'})`,
    () => true,
    async (facts, world) => {
      const now = await pauseRoles(world.machines[0]!.project, role, paused);
      if (role === null) facts.paused = { all: paused, developer: paused && facts.paused.developer };
      else facts.paused = { ...facts.paused, developer: paused };
      expect(now).toEqual({ all: facts.paused.all, roles: facts.paused.developer ? ['developer'] : [] });
    },
  );
}

export function jump(n: number, hours: number, minutes: number): ModelCommand {
  return command(
    `jump(${n}, ${hours} h, ${minutes} min)`,
    () => true,
    async (facts, world) => {
      const machine = onMachine(world, n);
      const { clock } = world.machines[machine]!;
      clock.hours += hours;
      clock.minutes += minutes;
      facts.machines[machine]!.wall = clock.hours;
      facts.machines[machine]!.minutes = clock.minutes;
    },
  );
}
