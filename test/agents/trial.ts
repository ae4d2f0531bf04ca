import { cpSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Arena, BRANCH, makeArena, type RotaEnd, TASK } from './arena.ts';
import type { Client } from './clients.ts';
import type { Installed } from './install.ts';
import type { Mode } from './mode.ts';
import { type ModelServer, modelServer } from './model/model-server.ts';
import type { ModelTurn, ModelUsage } from './model/model-turn.ts';
import { type Cost, costOf, processesWith } from './processes.ts';
import { AFTER_FILES, WAITS } from './scripts.ts';

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
}

/** What one run of one client came to. */
export interface TrialEnd {
  readonly client: string;
  readonly mode: string;
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

export interface MeasuredCost extends Cost {
  /** Of one core, while the client worked. */
  readonly share: number;
  /** Seconds over which it was measured. */
  readonly seconds: number;
}

/** Seconds that it may take at most to end all processes once a limit is reached. */
const TO_END = 15;

/** Runs one client through one mode, in a repository and a HOME of its own, and looks at what is left. */
export async function trial(wish: TrialWish): Promise<TrialEnd> {
  const { installed, mode } = wish;
  const strikes: { now: () => Promise<void> } = { now: async () => undefined };
  let struck = false;
  const server = await modelServer({
    script: scriptFor(mode, installed.client),
    fault: mode.fault,
    onTurn: async (turn) => {
      if (mode.strike === 'none' || turn < AFTER_FILES || struck) return;
      struck = true;
      await strikes.now();
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
  try {
    const worker = arena.start('run', 'developer');
    strikes.now = () => strike(mode, worker.pid, arena);
    const measuring = mode.measured ? measure(worker.pid, server) : null;
    const ran = await worker.ended;
    const cost = (await measuring) ?? null;
    const left = mode.strike === 'kill the worker' ? await afterSweep(arena, ran) : ran;
    const end = await judge(wish, arena, server, left, cost);
    return { ...end, kept: end.wrong.length > 0 ? keep(wish, arena, left, end.wrong) : null };
  } finally {
    for (const { pid } of processesWith(arena.folder)) process.kill(pid, 'SIGKILL');
    await server.close();
    arena.dispose();
  }
}

/** What is denied is the client's to say. */
function scriptFor({ script }: Mode, { denied }: Client): ModelTurn[] {
  return script.flatMap((turn): ModelTurn[] => {
    if (!('tool' in turn) || denied === null) return [turn];
    const { tool, input } = denied;
    return tool === 'SHELL' ? [{ shell: String(input['command']) }] : [{ tool, input }];
  });
}

/** Nothing of rota's own is hit but the worker, nothing of the client's is left out. */
async function strike(mode: Mode, worker: number, arena: Arena): Promise<void> {
  if (mode.strike === 'kill the worker') return void process.kill(worker, 'SIGKILL');
  for (const { pid, run } of processesWith(arena.folder)) if (run) process.kill(pid, 'SIGKILL');
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

async function judge(
  { installed, mode, slow }: TrialWish,
  arena: Arena,
  server: ModelServer,
  { code, doc, stderr }: RotaEnd,
  cost: MeasuredCost | null,
): Promise<Omit<TrialEnd, 'kept'>> {
  const told = server.told();
  const wrong: string[] = [];
  const must = (holds: boolean, otherwise: string) => void (holds || wrong.push(otherwise));
  const outcome = String(doc?.outcome ?? `no document, exit ${code}: ${stderr.slice(-300)}`);
  const reason: string | null = doc?.reason ?? null;
  must(mode.outcomes.includes(outcome), `outcome ${outcome}, not ${mode.outcomes.join(' or ')}: ${reason}`);
  const left = await whatIsLeft(arena);
  must(left.length === 0, `processes left: ${left.map(({ command }) => command).join(' | ')}`);

  const shown = (await arena.rota('show', TASK)).doc;
  must(shown?.lock === null, `the lock is not released: ${JSON.stringify(shown?.lock)}`);
  const attempts = Number(shown?.attempts ?? 0);
  if (mode.attempt !== null) must(attempts === Number(mode.attempt), `${attempts} attempts were counted`);
  const landed = outcome === 'landed';
  must(landed === (shown?.status === 'done'), `status ${shown?.status} after ${outcome}`);
  const wrote = !(mode.denying && installed.client.denied?.writes === false);
  if (mode.work && wrote) must(workIsThere(arena, landed), 'the files of the agent are gone');

  const turns = turnsOf(arena);
  if (mode.turns !== null && mode.strike === 'none')
    must(turns === mode.turns, `${turns} turns, not ${mode.turns}`);
  const again = server.requests.filter(({ work, remembers }) => work && remembers).length;
  if (mode.name === 'fix') must(again > 0, 'the fix turn did not go on in the session');
  const seconds: number | null = doc?.seconds?.agent ?? null;
  // Of each turn: a full context is gone on with in a new session.
  const most = (mode.limits.time * slow + TO_END) * Math.max(turns, 1);
  must((seconds ?? 0) <= most, `the agent took ${seconds} s, over ${most} s`);
  const usage: ModelUsage | null = doc?.usage ?? null;
  if (landed)
    must(
      isTold(usage, installed.client, told),
      `usage ${JSON.stringify(usage)}, told ${JSON.stringify(told)}`,
    );
  if (mode.measured) must(cost !== null, 'nothing was measured');
  if (cost !== null) {
    must(cost.peak < 80 * 1024 * 1024, `${Math.round(cost.peak / 1024 / 1024)} MiB resident, over 80`);
    must(cost.share < 0.01, `${(cost.share * 100).toFixed(2)}% of a core, over 1%`);
  }
  const { name } = installed.client;
  return {
    client: name,
    mode: mode.name,
    outcome,
    reason,
    seconds,
    turns,
    usage,
    told,
    attempts,
    cost,
    wrong,
  };
}

/** Git sees the end of its input a moment after rota has ended. */
async function whatIsLeft(arena: Arena) {
  for (let look = 0; look < 100 && processesWith(arena.folder).length > 0; look++)
    await new Promise((done) => setTimeout(done, 50));
  return processesWith(arena.folder);
}

/** On main when it landed, else on the branch or in the worktree. */
function workIsThere(arena: Arena, landed: boolean): boolean {
  const has = (commit: string) =>
    arena.git('ls-tree', '-r', '--name-only', commit).split('\n').includes('src/greet.mjs');
  if (landed) return has('main');
  const branch = arena.git('for-each-ref', '--format=%(refname)', `refs/heads/${BRANCH}`);
  return (
    (branch !== '' && has(branch)) || existsSync(join(arena.repo, '.worktrees', BRANCH, 'src/greet.mjs'))
  );
}

/** Prompts that were kept with the run. */
function turnsOf(arena: Arena): number {
  const runs = join(arena.repo, '.git/rota/runs');
  if (!existsSync(runs)) return 0;
  return readdirSync(runs)
    .flatMap((run) => readdirSync(join(runs, run)))
    .filter((name) => /^prompt-\d+\.md$/.test(name)).length;
}

function isTold(usage: ModelUsage | null, { counts }: Client, told: TrialEnd['told']): boolean {
  if (usage === null) return false;
  const same = (other: ModelUsage) =>
    usage.input === other.input &&
    usage.cached === (counts === 'without the cache' ? 0 : other.cached) &&
    usage.output === other.output;
  if (counts === 'the last step') return same(told.last);
  // Whether titles and routes count is the client's to say; half of an answer never is.
  return same(told.work) || same(sum(told.work, told.aside));
}

function sum(left: ModelUsage, right: ModelUsage): ModelUsage {
  return {
    input: left.input + right.input,
    cached: left.cached + right.cached,
    output: left.output + right.output,
  };
}

/** From the client's second answer to the end of its waiting: nothing else happens meanwhile. */
async function measure(worker: number, server: ModelServer): Promise<MeasuredCost | null> {
  const answers = () => server.requests.filter(({ work }) => work).length;
  const reached = async (count: number) => {
    while (answers() < count && costOf(worker) !== null) await new Promise((done) => setTimeout(done, 100));
    const now = costOf(worker);
    return now === null ? null : { ...now, at: performance.now() };
  };
  const begin = await reached(2);
  const end = await reached(2 + WAITS);
  if (begin === null || end === null) return null;
  const seconds = (end.at - begin.at) / 1000;
  return {
    peak: end.peak,
    resident: end.resident,
    cpu: end.cpu,
    seconds,
    share: (end.cpu - begin.cpu) / 1000 / seconds,
  };
}

/** Everything that helps to see what went wrong. */
function keep(
  { keep: folder, installed, mode }: TrialWish,
  arena: Arena,
  end: RotaEnd,
  wrong: readonly string[],
) {
  if (folder === null) return null;
  const at = join(folder, `${installed.client.name}-${mode.name}`);
  mkdirSync(at, { recursive: true });
  writeFileSync(join(at, 'wrong.txt'), `${wrong.join('\n')}\n`);
  writeFileSync(join(at, 'stdout.json'), JSON.stringify(end.doc, null, 2));
  writeFileSync(join(at, 'stderr.txt'), end.stderr);
  const runs = join(arena.repo, '.git/rota/runs');
  if (existsSync(runs)) cpSync(runs, join(at, 'runs'), { recursive: true });
  return at;
}
