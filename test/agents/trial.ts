import { cpSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { until } from '../support/until.ts';
import { type Arena, makeArena, type RotaEnd } from './arena.ts';
import type { Client } from './clients.ts';
import type { Installed } from './install.ts';
import { judge } from './judge.ts';
import { type MeasuredCost, meter } from './meter.ts';
import type { Mode } from './mode.ts';
import { type ModelServer, modelServer } from './model/model-server.ts';
import type { ModelTurn, ModelUsage } from './model/model-turn.ts';
import { endAll, processesWith } from './processes.ts';
import { AFTER_FILES, redThenGreen, WAITS } from './scripts.ts';

export interface TrialWish {
  readonly installed: Extract<Installed, { bin: string }>;
  readonly mode: Mode;
  /** The built command. */
  readonly rota: string;
  /** On a busy machine: the role's limits are so many times longer. */
  readonly slow: number;
  /** Of the role. */
  readonly isolation: string;
  /** Where everything is kept when something is wrong; null: nowhere. */
  readonly keep: string | null;
  /** Those that are in use now: who interrupts the trials disposes of them. */
  readonly arenas: Set<Arena>;
}

/** What one run of one client came to. */
export interface TrialEnd {
  readonly client: string;
  readonly mode: string;
  readonly isolation: string;
  readonly outcome: string;
  readonly reason: string | null;
  /** Of the agent. */
  readonly seconds: number | null;
  readonly turns: number;
  readonly usage: ModelUsage | null;
  readonly told: ReturnType<ModelServer['told']>;
  readonly attempts: number;
  readonly cost: MeasuredCost | null;
  /** What must not be; empty: the run was as it must be. */
  readonly wrong: readonly string[];
  readonly kept: string | null;
}

/** Runs one client through one mode, in a repository and a HOME of its own, and looks at what is left. */
export async function trial(wish: TrialWish): Promise<TrialEnd> {
  const { installed, mode } = wish;
  const costs = meter();
  // The worker's first request comes long after it was started.
  let worker = 0;
  let struck = false;
  const server = await modelServer({
    script: scriptFor(mode, installed.client),
    fault: mode.fault,
    onTurn: (turn) => {
      costs.turn(turn, worker);
      if (mode.strike === 'none' || turn < AFTER_FILES || struck) return;
      struck = true;
      strike(mode, worker, arena);
    },
  });
  const arena = makeArena({
    ...{ client: installed.client, bin: installed.bin, url: server.url, rota: wish.rota },
    denying: mode.denying,
    role: {
      isolation: wish.isolation,
      'time-limit': `${mode.limits.time * wish.slow}s`,
      'stall-limit': `${mode.limits.stall * wish.slow}s`,
    },
  });
  wish.arenas.add(arena);
  try {
    const started = arena.start('run', 'developer');
    worker = started.pid;
    const ran = await started.ended;
    const killed = mode.strike === 'kill the worker';
    // Its pid namespace goes with the worker; everywhere else the sweep ends what is left.
    const orphans = killed && wish.isolation === 'bwrap' ? await orphansIn(arena) : [];
    const left = killed ? await afterSweep(arena, ran) : ran;
    const end = await judge(wish, arena, server, left, mode.measured ? costs.measured() : null);
    const wrong = [...end.wrong, ...orphans.map((command) => `left before the sweep: ${command}`)];
    return { ...end, wrong, kept: wrong.length > 0 ? keep(wish, arena, left, wrong) : null };
  } finally {
    wish.arenas.delete(arena);
    await server.close();
    arena.dispose();
  }
}

/** What is denied is the client's to say. */
function scriptFor({ name, script }: Mode, { denied, forgetsMinute }: Client): readonly ModelTurn[] {
  if (name === 'fix' && forgetsMinute === true) return redThenGreen(WAITS);
  return script.flatMap((turn): ModelTurn[] => {
    if (!('tool' in turn) || denied === null) return [turn];
    const { tool, input } = denied;
    return tool === 'SHELL' ? [{ shell: String(input['command']) }] : [{ tool, input }];
  });
}

/** Nothing of rota's own is hit but the worker, nothing of the client's is left out. */
function strike(mode: Mode, worker: number, arena: Arena): void {
  if (mode.strike === 'kill the worker') return void process.kill(worker, 'SIGKILL');
  endAll(processesWith(arena.folder).filter(({ run }) => run));
}

/** What the agent of a killed worker leaves, if it is not gone in a while. */
async function orphansIn(arena: Arena): Promise<string[]> {
  const orphans = () => processesWith(arena.folder).filter(({ run }) => run);
  await until(() => orphans().length === 0, 'processes are left').catch(() => undefined);
  return orphans().map(({ command }) => command);
}

/** A worker that was killed says nothing: what its run came to is what a sweep makes of it. */
async function afterSweep(arena: Arena, ran: RotaEnd): Promise<RotaEnd> {
  const swept = await arena.rota('sweep');
  const doc = {
    outcome: ran.code === null ? 'killed' : 'not killed',
    reason: null,
    usage: null,
    swept: swept.doc,
  };
  return { ...ran, doc, stderr: ran.stderr + swept.stderr };
}

/** Everything that helps to see what went wrong. */
function keep(
  { keep: folder, installed, mode, isolation }: TrialWish,
  arena: Arena,
  end: RotaEnd,
  wrong: readonly string[],
) {
  if (folder === null) return null;
  const at = join(folder, `${installed.client.name}-${mode.name}-${isolation}`);
  mkdirSync(at, { recursive: true });
  writeFileSync(join(at, 'wrong.txt'), `${wrong.join('\n')}\n`);
  writeFileSync(join(at, 'stdout.json'), JSON.stringify(end.doc, null, 2));
  writeFileSync(join(at, 'stderr.txt'), end.stderr);
  const runs = join(arena.repo, '.git/rota/runs');
  if (existsSync(runs)) cpSync(runs, join(at, 'runs'), { recursive: true });
  return at;
}
