import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sweepAsides } from '../../src/store/home/asides.ts';
import { replayJournals } from '../../src/store/home/replay.ts';
import { type Home, makeHome } from './home.ts';
import { firstLine, type Lander, type Landing, nextLanding } from './landings.ts';
import type { PersonWish, Save } from './person.ts';

export interface RaceWish {
  /** An empty folder for everything. */
  readonly folder: string;
  readonly saves: number;
  readonly seed: number;
  readonly lander: Lander;
  /** The bundled person.ts. */
  readonly person: string;
}

/** What a race came to. */
export interface Tally {
  readonly saves: readonly Save[];
  /** Of acknowledged saves: where their bytes are now. `aside`: held, and named by rota. */
  readonly found: { readonly commit: number; readonly place: number; readonly aside: number };
  readonly lost: readonly Save[];
  readonly landings: number;
  readonly waits: number;
  readonly stale: number;
  /** After how many landings a file was the old one though main had moved, or the new one though it had not. */
  readonly torn: number;
  /** Landings that met a save on their way and said so. */
  readonly met: number;
  readonly seconds: number;
  /** What must not be there at the end: locks, journals, files of unknown origin. */
  readonly problems: readonly string[];
}

const FILES = Array.from({ length: 8 }, (_, at) => `src/${at < 4 ? 'one' : 'two'}/file${at}.txt`);
const DAY = 24 * 60 * 60_000;

/** Lands again and again while a person's process saves the very files that the landings change. */
export async function raceSaves(wish: RaceWish): Promise<Tally> {
  const home = await makeHome(
    wish.folder,
    Object.fromEntries(FILES.map((path) => [path, `${firstLine(0)}\nof ${path}\n`])),
  );
  writeFileSync(join(home.root, '.git/info/exclude'), '*~\n.#*\n');
  const ledger = join(wish.folder, 'ledger');
  const started = performance.now();
  const person = startPerson(home, wish, ledger);
  const count = { landed: 0, waits: 0, stale: 0, torn: 0, met: 0 };
  const said: string[] = [];
  for (let number = 1; !person.over(); number++) {
    const landing = nextLanding(home, number, FILES);
    const result = await wish.lander(home, landing);
    count[result.kind]++;
    if (result.kind === 'landed') said.push(...result.said);
    if (result.kind === 'landed' && result.said.length > 0) count.met++;
    if (isTorn(home, landing, result.kind === 'landed')) count.torn++;
  }
  await person.ended;
  const seconds = (performance.now() - started) / 1000;
  said.push(...(await replayJournals(home.system, home.repository)));
  // As a day later: what is held for late writers goes, what differs stays and is named.
  const clock = { ...home.system.clock, now: () => new Date(Date.now() + 2 * DAY) };
  said.push(...(await sweepAsides({ ...home.system, clock }, home.repository)));
  const saves = readLedger(ledger);
  const problems = problemsOf(home, saves, wish.saves);
  const { landed: landings, ...counts } = count;
  return { ...judge(home, saves, said), saves, landings, ...counts, seconds, problems };
}

function startPerson({ root, env }: Home, wish: RaceWish, ledger: string) {
  const { seed, saves } = wish;
  const asked: PersonWish = { root, ledger, seed, saves, files: FILES };
  const child = spawn(process.execPath, [wish.person, JSON.stringify(asked)], {
    env,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let errors = '';
  let over = false;
  child.stderr.on('data', (piece) => (errors += piece));
  const ended = new Promise<void>((done, fail) =>
    child.on('close', (code) => {
      over = true;
      if (code === 0) done();
      else fail(new Error(`the person ended with ${code}: ${errors}`));
    }),
  );
  // Rejections are met where it is awaited.
  ended.catch(() => undefined);
  return { ended, over: () => over };
}

function readFiles({ root }: Home): Map<string, string | null> {
  return new Map(FILES.map((path) => [path, readOrNull(join(root, path))]));
}

function isTorn(home: Home, { number, old }: Landing, landed: boolean): boolean {
  return [...readFiles(home)].some(([path, text]) => {
    const isNew = text?.startsWith(`${firstLine(number)}\n`) ?? false;
    if (!landed) return isNew;
    return text !== null && !isNew && text === `${home.git(['cat-file', 'blob', `${old}:${path}`])}\n`;
  });
}

function readLedger(path: string): Save[] {
  return readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Save);
}

function judge(home: Home, saves: readonly Save[], said: readonly string[]): Pick<Tally, 'found' | 'lost'> {
  const commits = allCommitted(home);
  const places = [...readFiles(home).values()].join('\n');
  const held = heldAndNamed(home, said);
  const found = { commit: 0, place: 0, aside: 0 };
  const lost: Save[] = [];
  for (const save of saves) {
    const line = `${save.token}\n`;
    if (commits.includes(line)) found.commit++;
    else if (places.includes(line)) found.place++;
    else if (held.includes(line)) found.aside++;
    else lost.push(save);
  }
  return { found, lost };
}

/** Every version of every file in the history of main. */
function allCommitted(home: Home): string {
  const oids = home.git(['rev-list', '--objects', '--no-object-names', 'refs/heads/main']).split('\n');
  return home.git(['cat-file', '--batch'], { input: `${oids.join('\n')}\n` }).concat('\n');
}

/** Content of files that rota holds aside, if one of its sentences names the file. */
function heldAndNamed({ root }: Home, said: readonly string[]): string {
  const folder = join(root, '.git/rota-aside');
  if (!existsSync(folder)) return '';
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\/old\/\d+$/.test(name))
    .map((name) => join(folder, name))
    .filter((path) => said.some((sentence) => sentence.includes(path)))
    .map((path) => readFileSync(path, 'utf8'))
    .join('\n');
}

function problemsOf(home: Home, saves: readonly Save[], expected: number): string[] {
  const problems: string[] = [];
  if (saves.length !== expected) problems.push(`${saves.length} of ${expected} saves were acknowledged`);
  if (existsSync(join(home.root, '.git/index.lock'))) problems.push('index.lock is there');
  const journals = join(home.root, '.git/rota/journal');
  if (existsSync(journals) && readdirSync(journals).length > 0) problems.push('a journal is there');
  home.git(['fsck', '--no-dangling']);
  return problems;
}

function readOrNull(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}
