import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { availableParallelism, loadavg } from 'node:os';
import type { Arena } from './arena.ts';
import { atOnce } from './at-once.ts';
import type { Client } from './clients.ts';
import { type Installed, install } from './install.ts';
import { printCosts, printTable, printUsage } from './print-table.ts';
import type { Round } from './rounds.ts';
import { type TrialEnd, type TrialWish, trial } from './trial.ts';

export interface TestWish {
  readonly rounds: readonly Round[];
  readonly cache: string;
  readonly rota: string;
  /** The repository of this project. */
  readonly source: string;
  readonly keep: string | null;
  readonly slow: number;
  /** Trials at the same time. */
  readonly atOnce: number;
  /** Where all that was found goes, as JSON; null: nowhere. */
  readonly json: string | null;
}

/** Every client through every mode. Returns the exit code: 1 if anything was not as it must be. */
export async function testAgents(wish: TestWish): Promise<0 | 1> {
  const { ready, missing } = installAll(wish);
  const before = conditions(wish);
  const arenas = new Set<Arena>();
  const interrupted = () => {
    for (const arena of arenas) arena.dispose();
    process.exit(130);
  };
  process.once('SIGINT', interrupted).once('SIGTERM', interrupted);
  const ends = await atOnce(wish.atOnce, trialsOf(wish, ready, arenas), async (one) => {
    const end = await trial(one);
    console.error(lineOf(end));
    return end;
  });
  const versions = [...ready.values()].map(({ client, version }) => `${client.name} ${version}`);
  if (wish.json !== null)
    writeFileSync(wish.json, `${JSON.stringify({ before, versions, ends }, null, 2)}\n`);
  console.log(`${before}; ${versions.join(', ')}\n`);
  for (const round of wish.rounds) print(round, ends);
  for (const line of missing) console.log(`not installed: ${line}`);
  const wrong = ends.filter((end) => end.wrong.length > 0);
  for (const end of wrong)
    console.log(`${end.client} ${end.mode} (${end.isolation}): ${end.wrong.join('; ')}`);
  console.log(
    `${ends.length} runs, ${wrong.length} not as they must be, ${missing.length} clients not installed`,
  );
  return wrong.length + missing.length > 0 ? 1 : 0;
}

type Ready = Extract<Installed, { bin: string }>;

function installAll({ rounds, cache }: TestWish) {
  const ready = new Map<Client, Ready>();
  const missing: string[] = [];
  for (const client of new Set(rounds.flatMap(({ clients }) => clients))) {
    const installed = install(client, cache, (line) => console.error(line));
    if (!('missing' in installed)) ready.set(client, installed);
    else {
      missing.push(`${client.name}: ${installed.missing}`);
      console.error(`${client.name} could not be installed: ${installed.missing}`);
    }
  }
  return { ready, missing };
}

function trialsOf(wish: TestWish, ready: ReadonlyMap<Client, Ready>, arenas: Set<Arena>): TrialWish[] {
  const { rota, keep, slow } = wish;
  return wish.rounds.flatMap(({ clients, modes, isolation }) =>
    clients.flatMap((client) => {
      const installed = ready.get(client);
      if (installed === undefined) return [];
      // One that has no permissions has nothing to be denied.
      const tried = modes.filter(({ denying }) => !(denying && client.denied === null));
      return tried.map((mode) => ({ installed, mode, rota, keep, slow, isolation, arenas }));
    }),
  );
}

/** What was measured, and where: a table without it says nothing. */
function conditions({ source, slow, atOnce }: TestWish): string {
  const git = (...args: readonly string[]) =>
    execFileSync('git', args, { cwd: source, encoding: 'utf8' }).trim();
  const changed = git('status', '--porcelain', '--untracked-files=no') === '' ? '' : ' and changes';
  return [
    `${new Date().toISOString().slice(0, 10)}, commit ${git('rev-parse', '--short', 'HEAD')}${changed}`,
    `${availableParallelism()} cores, load ${loadavg()[0]!.toFixed(1)}, ${atOnce} at once, limits x${slow}`,
    `Node ${process.versions.node}, ${git('--version')}`,
  ].join('; ');
}

function print({ title, isolation, clients, modes }: Round, all: readonly TrialEnd[]): void {
  const names = clients.map(({ name }) => name);
  const ends = all.filter(
    (end) =>
      end.isolation === isolation &&
      names.includes(end.client) &&
      modes.some(({ name }) => name === end.mode),
  );
  if (ends.length === 0) return;
  console.log(`${title}\n`);
  for (const table of [printTable(names, modes, ends), printUsage(ends), printCosts(ends)])
    if (table.length > 0) console.log(`${table.join('\n')}\n`);
}

function lineOf({ client, mode, isolation, outcome, seconds, wrong, reason, kept }: TrialEnd): string {
  const took = seconds === null ? '' : ` ${seconds} s`;
  const said = reason === null ? '' : ` (${reason.slice(0, 160)})`;
  const bad = wrong.map((line) => `\n    ! ${line}`).join('');
  const where = isolation === 'none' ? '' : ` in ${isolation}`;
  return `${client} ${mode}${where}: ${outcome}${took}${said}${bad}${kept === null ? '' : `\n    kept in ${kept}`}`;
}
