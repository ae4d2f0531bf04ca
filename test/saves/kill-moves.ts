import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { MoveResult } from '../../src/store/move-main.ts';
import { openRepository } from '../../src/store/repository.ts';
import { until } from '../support/until.ts';
import { checkAfterKill } from './check-after-kill.ts';
import { type Home, makeHome } from './home.ts';
import { manyChanges } from './many-changes.ts';
import { seeded } from './random.ts';
import { STYLES, saveFile } from './save-file.ts';

export interface KillWish {
  /** An empty folder for everything. */
  readonly folder: string;
  readonly kills: number;
  readonly seed: number;
  /** The bundled mover.ts. */
  readonly mover: string;
  /** Called after each. */
  readonly each?: (number: number) => void;
}

/** What the kills came to. */
export interface KillTally {
  readonly kills: number;
  /** Moves that answered all the same: the kill came late, or hit only a git of theirs. */
  readonly late: number;
  /** Where main was after the kill, and how many checkouts were in between then. */
  readonly atOld: number;
  readonly atNew: number;
  readonly torn: number;
  readonly saves: number;
  /** Saves that are held aside, and named. */
  readonly aside: number;
  /** What was not as it must be after healing: sentences. */
  readonly problems: readonly string[];
}

type Counts = { -readonly [Key in keyof Omit<KillTally, 'problems'>]: number };

/** Kills moves of many paths at random moments, while a person saves some of the paths; heals; looks at every path. */
export async function killMoves(wish: KillWish): Promise<KillTally> {
  const random = seeded(wish.seed);
  const { files, change } = manyChanges();
  const template = await makeHome(join(wish.folder, 'template'), files);
  const old = template.git(['rev-parse', 'HEAD']);
  const next = change(template);
  const count: Counts = { kills: 0, late: 0, atOld: 0, atNew: 0, torn: 0, saves: 0, aside: 0 };
  const problems: string[] = [];
  const usual = await usualTimes(wish, template, old, next);
  for (let number = 1; number <= wish.kills; number++) {
    const folder = join(wish.folder, `${number}`);
    const home = await copyOf(template, folder);
    const from = (['go', 'lock', 'moved', 'moved'] as const)[Math.floor(random() * 4)]!;
    const plan = {
      from,
      after: random() * usual[from],
      gitOnly: random() < 0.25,
      // Saved before the index is held, files only make the move wait.
      saves: from === 'go' ? 0 : Math.floor(random() * 5),
      seed: Math.floor(random() * 2 ** 31),
    };
    const ended = await moveAndKill(home, wish.mover, { old, next, ...plan });
    const found = await checkAfterKill(home, { old, next, ...ended });
    count.kills++;
    count.saves += ended.saved.size;
    count.aside += found.aside;
    if (ended.result !== null) count.late++;
    count[found.mainBefore === old ? 'atOld' : 'atNew']++;
    if (found.wasTorn) count.torn++;
    problems.push(...found.problems.map((problem) => `kill ${number}: ${problem}`));
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    wish.each?.(number);
  }
  return { ...count, problems };
}

/** How long an undisturbed move takes here from its start, its lock and main's move to its end, in milliseconds. */
async function usualTimes(wish: KillWish, template: Home, old: string, next: string) {
  const usual = { go: 0, lock: 0, moved: 0 };
  for (const from of ['go', 'lock', 'moved'] as const) {
    const home = await copyOf(template, join(wish.folder, `usual-${from}`));
    const plan: Plan = { old, next, from, after: Infinity, gitOnly: false, saves: 0, seed: 1 };
    usual[from] = (await moveAndKill(home, wish.mover, plan)).took;
  }
  return usual;
}

async function copyOf(template: Home, folder: string): Promise<Home> {
  mkdirSync(folder);
  const root = join(folder, 'project');
  cpSync(template.root, root, { recursive: true, verbatimSymlinks: true });
  const { system, env } = template;
  const git: Home['git'] = (args, options) => template.git(['-C', root, ...args], options);
  git(['update-index', '-q', '--refresh']);
  return { root, env, system, git, repository: await openRepository(system, root) };
}

interface Plan {
  readonly old: string;
  readonly next: string;
  /** From when on time counts: the start, the index lock, or the moment that main has moved. */
  readonly from: 'go' | 'lock' | 'moved';
  /** Until the kill, in milliseconds. */
  readonly after: number;
  readonly saves: number;
  readonly gitOnly: boolean;
  readonly seed: number;
}

interface Ended {
  /** null: it was killed before it could say anything. */
  readonly result: MoveResult | null;
  /** Path -> the bytes that a person saved there, closed before the check. */
  readonly saved: ReadonlyMap<string, string>;
  /** From when time counted to its result, in milliseconds. */
  readonly took: number;
}

async function moveAndKill(home: Home, mover: string, plan: Plan): Promise<Ended> {
  const child = await startMover(home, mover, plan.old, plan.next);
  let output = '';
  let over = false;
  let spoke = Infinity;
  child.stdout.on('data', (piece) => {
    output += piece;
    spoke = performance.now();
  });
  const closed = new Promise<void>((done) =>
    child.once('close', () => {
      over = true;
      done();
    }),
  );
  const random = seeded(plan.seed);
  const saves = Array.from({ length: plan.saves }, () => ({
    at: random() * plan.after * 1.2,
    dice: random(),
    style: random(),
  }));
  const saved = new Map<string, string>();
  let begins = plan.from === 'go' ? performance.now() : Infinity;
  child.stdin.write('go\n');
  // Turns of the event loop are short beside the moments that count; a fixed sleep would be coarse.
  for (let killed = false; !over; await new Promise((turn) => setImmediate(turn))) {
    const now = performance.now();
    if (begins === Infinity && hasBegun(home, plan)) begins = now;
    for (const due of saves.filter(({ at }) => begins + at <= now)) {
      saves.splice(saves.indexOf(due), 1);
      save(home, due, saved);
    }
    if (!killed && begins + plan.after <= now) {
      killed = true;
      kill(child, plan.gitOnly);
    }
  }
  await closed;
  const text = output.trim();
  return { result: text === '' ? null : (JSON.parse(text) as MoveResult), saved, took: spoke - begins };
}

function hasBegun({ root }: Home, { from, next }: Plan): boolean {
  if (from === 'lock') return existsSync(join(root, '.git/index.lock'));
  return readFileSync(join(root, '.git/refs/heads/main'), 'utf8').startsWith(next);
}

function save(home: Home, dice: { dice: number; style: number }, saved: Map<string, string>): void {
  const path = `dir${Math.floor(dice.dice * 5)}/deep/file${Math.floor(dice.dice * 8) * 5 + Math.floor(dice.dice * 5)}.txt`;
  // Once each: a second save would replace the first by itself.
  if (saved.has(path)) return;
  const line = `saved ${path}\n`;
  saveFile(join(home.root, path), line, STYLES[Math.floor(dice.style * STYLES.length)]!, () => undefined);
  saved.set(path, line);
}

/** The mover; or a git that it has started, if there is one. */
function kill(child: ChildProcessWithoutNullStreams, gitOnly: boolean): void {
  const gits = gitOnly ? childrenOf(child.pid!) : [];
  if (gits.length === 0) child.kill('SIGKILL');
  for (const pid of gits) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  }
}

function childrenOf(pid: number): number[] {
  try {
    return readdirSync(`/proc/${pid}/task`)
      .flatMap((task) => readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8').split(' '))
      .filter((text) => text !== '')
      .map(Number);
  } catch {
    return [];
  }
}

async function startMover(
  home: Home,
  mover: string,
  old: string,
  next: string,
): Promise<ChildProcessWithoutNullStreams> {
  const child = spawn(process.execPath, [mover, home.root, old, next], { env: home.env, stdio: 'pipe' });
  let [ready, errors] = [false, ''];
  child.stderr.on('data', (piece) => (errors += piece));
  child.stdout.once('data', () => (ready = true));
  await until(() => ready || child.exitCode !== null, 'the mover does not start');
  if (!ready) throw new Error(`the mover ended: ${errors}`);
  return child;
}
