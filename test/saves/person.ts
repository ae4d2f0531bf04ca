import { execFileSync } from 'node:child_process';
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { argv, env } from 'node:process';
import { seeded } from './random.ts';
import { STYLES, type Style, saveFile } from './save-file.ts';

/** What the process is started with, as JSON. */
export interface PersonWish {
  readonly root: string;
  /** Outside the repository: one JSON line for each save that was acknowledged. */
  readonly ledger: string;
  readonly seed: number;
  readonly saves: number;
  readonly files: readonly string[];
}

/** A line of the ledger. */
export interface Save {
  readonly n: number;
  readonly path: string;
  readonly style: Style;
  /** The line that was added, unlike any other. */
  readonly token: string;
}

/**
 * A person at work at home: saves files in the ways of many programs, half of the time just when the index is held, and commits
 * now and then. Everything that chance decides comes from the seed; only the timing is the machine's.
 */
function work({ root, ledger, seed, saves, files }: PersonWish): void {
  const random = seeded(seed);
  for (let n = 1; n <= saves; n++) {
    const path = files[Math.floor(random() * files.length)]!;
    const style = STYLES[Math.floor(random() * STYLES.length)]!;
    const token = `save ${n} ${Math.floor(random() * 2 ** 32).toString(16)}`;
    const [aims, wait, after, commits] = [random() < 0.5, random(), random(), random() < 0.7 || n % 10 === 0];
    const inner = seeded(seed * 1_000 + n);
    if (aims) {
      waitForIndex(root);
      sleep(wait ** 3 * 30);
    } else sleep(wait * 120);
    saveFile(join(root, path), `${token}\n`, style, (upTo) => sleep(inner() * upTo));
    appendFileSync(ledger, `${JSON.stringify({ n, path, style, token } satisfies Save)}\n`);
    sleep(after * 10);
    if (commits) commit(root, n);
    if (n % 10 === 0) waitForLanding(root);
  }
}

/** A person's break: there is a landing even where committing is never far away. */
function waitForLanding(root: string): void {
  const main = () => readFileSync(join(root, '.git/refs/heads/main'), 'utf8');
  const mine = main();
  for (let waited = 0; waited < 2_000 && main() === mine; waited++) sleep(10);
}

function waitForIndex(root: string): void {
  const lock = join(root, '.git/index.lock');
  for (let waited = 0; waited < 400 && !existsSync(lock); waited++) sleep(0.5);
}

/** Git refuses while main moves; then again, as a person would. */
function commit(root: string, n: number): void {
  for (let tries = 0; tries < 200; tries++) {
    try {
      execFileSync('git', ['add', '-A'], { cwd: root, env, stdio: 'pipe' });
      execFileSync('git', ['commit', '-q', '--allow-empty', '-m', `save ${n}`], {
        cwd: root,
        env,
        stdio: 'pipe',
      });
      return;
    } catch {
      sleep(10);
    }
  }
  throw new Error(`save ${n} could not be committed`);
}

function sleep(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

work(JSON.parse(argv[2]!) as PersonWish);
