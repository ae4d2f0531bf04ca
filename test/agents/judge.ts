import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { until } from '../support/until.ts';
import { type Arena, BRANCH, type RotaEnd, TASK } from './arena.ts';
import type { Client } from './clients.ts';
import type { MeasuredCost } from './meter.ts';
import type { Mode } from './mode.ts';
import { addTokens } from './model/add-tokens.ts';
import type { ModelServer } from './model/model-server.ts';
import type { ModelUsage } from './model/model-turn.ts';
import { processesWith } from './processes.ts';
import type { TrialEnd, TrialWish } from './trial.ts';

/** Bytes, and a share of one core. */
const MOST_RESIDENT = 80 * 1024 * 1024;
const MOST_OF_A_CORE = 0.01;
/** Seconds that it may take at most to end all processes once a limit is reached. */
const TO_END = 15;

/** Looks at what a run said and left. `wrong` is what must not be. */
export async function judge(
  { installed: { client }, mode, slow, isolation }: TrialWish,
  arena: Arena,
  server: ModelServer,
  { code, doc, stderr }: RotaEnd,
  cost: MeasuredCost | null,
): Promise<Omit<TrialEnd, 'kept'>> {
  const wrong: string[] = [];
  const must = (holds: boolean, otherwise: string) => void (holds || wrong.push(otherwise));
  const outcome = String(doc?.outcome ?? `no document, exit ${code}: ${stderr.slice(-300)}`);
  const reason: string | null = doc?.reason ?? null;
  const expected = expectedOf(mode, client);
  must(expected.includes(outcome), `outcome ${outcome}, not ${expected.join(' or ')}: ${reason}`);
  must(await nothingIsLeft(arena), `processes left: ${commandsIn(arena)}`);

  const shown = (await arena.rota('show', TASK)).doc;
  must(shown?.lock === null, `the lock is not released: ${JSON.stringify(shown?.lock)}`);
  const attempts = Number(shown?.attempts ?? 0);
  if (mode.attempt !== null) must(attempts === Number(mode.attempt), `${attempts} attempts were counted`);
  const landed = outcome === 'landed';
  must(landed === (shown?.status === 'done'), `status ${shown?.status} after ${outcome}`);
  const wrote = !(mode.denying && client.denied?.writes === false);
  if (mode.work && wrote) must(workIsThere(arena, landed), 'the files of the agent are gone');

  const turns = turnsOf(arena);
  if (mode.turns !== null && mode.strike === 'none')
    must(mode.turns.includes(turns), `${turns} turns, not ${mode.turns.join(' or ')}`);
  const again = server.requests.filter(({ work, remembers }) => work && remembers).length;
  if (mode.name === 'fix') must(again > 0, 'the fix turn did not go on in the session');
  const seconds: number | null = doc?.seconds?.agent ?? null;
  // Of each turn: a full context is gone on with in a new session.
  const most = (mode.limits.time * slow + TO_END) * Math.max(turns, 1);
  must((seconds ?? 0) <= most, `the agent took ${seconds} s, over ${most} s`);
  const usage: ModelUsage | null = doc?.usage ?? null;
  const told = server.told();
  const counted = JSON.stringify(usage);
  if (landed) must(isTold(usage, client, told), `usage ${counted}, told ${JSON.stringify(told)}`);
  if (mode.measured) must(cost !== null, 'nothing was measured');
  if (cost !== null) {
    must(cost.peak < MOST_RESIDENT, `${Math.round(cost.peak / 1024 / 1024)} MiB resident, over 80`);
    must(cost.share < MOST_OF_A_CORE, `${(cost.share * 100).toFixed(2)}% of a core, over 1%`);
  }
  const who = { client: client.name, mode: mode.name, isolation };
  return { ...who, outcome, reason, seconds, turns, usage, told, attempts, cost, wrong };
}

/** A client that does not say what went wrong leaves no result, and that is all. */
function expectedOf({ name, outcomes }: Mode, { unsaid }: Client): readonly string[] {
  return unsaid.includes(name) ? ['partial'] : outcomes;
}

/** Git sees the end of its input a moment after rota has ended. */
async function nothingIsLeft(arena: Arena): Promise<boolean> {
  const gone = () => processesWith(arena.folder).length === 0;
  return until(gone, 'processes are left').then(
    () => true,
    () => false,
  );
}

function commandsIn(arena: Arena): string {
  return processesWith(arena.folder)
    .map(({ command }) => command)
    .join(' | ');
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
  return same(told.work) || same(addTokens(told.work, told.aside));
}
