import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Client } from './clients.ts';

/** A client that is there, or why it is not. */
export type Installed =
  | { readonly client: Client; readonly bin: string; readonly version: string }
  | { readonly client: Client; readonly missing: string };

/** Ample for a package of 200 MB. */
const PATIENCE = 10 * 60_000;
/** For a program to say its version. */
const TO_START = 60_000;

/** Installs a client into a folder of its own below the cache, unless this version is there already. */
export function install(client: Client, cache: string, say: (line: string) => void): Installed {
  const folder = join(cache, client.folder);
  if (!isThere(client, folder)) {
    say(`installing ${client.packages.join(' ')} into ${folder}`);
    const missing = npmInstall(client, folder);
    if (missing !== null) {
      // Half of it must not be taken for all of it the next time.
      rmSync(join(folder, 'node_modules'), { recursive: true, force: true });
      return { client, missing };
    }
  }
  return { client, bin: binOf(folder), version: wanted(client.packages[0]!).version };
}

/** Null: it is there, and it starts. npm says nothing when it leaves out the program for this platform. */
function npmInstall(client: Client, folder: string): string | null {
  mkdirSync(folder, { recursive: true });
  const npm = spawnSync(
    'npm',
    ['install', '--no-audit', '--no-fund', '--save-exact', '--prefix', folder, ...client.packages],
    { encoding: 'utf8', timeout: PATIENCE },
  );
  if (npm.status !== 0) return npmError(npm.stderr) || `npm failed (${npm.error?.message ?? npm.signal})`;
  const program = join(binOf(folder), client.program);
  if (!existsSync(program)) return `${client.packages[0]} has no program ${client.program}`;
  const home = mkdtempSync(join(tmpdir(), 'rota-agents-home-'));
  const started = spawnSync(program, ['--version'], {
    encoding: 'utf8',
    timeout: TO_START,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { HOME: home, PATH: `${dirname(process.execPath)}:/usr/local/bin:/usr/bin:/bin` },
  });
  rmSync(home, { recursive: true, force: true, maxRetries: 5 });
  if (started.status === 0) return null;
  const words = started.error?.message ?? started.stderr.trim().split('\n').at(-1);
  return `${client.program} --version does not work here: ${words}`;
}

function binOf(folder: string): string {
  return join(folder, 'node_modules', '.bin');
}

/** npm writes its own list last: without it an installation was broken off. */
function isThere(client: Client, folder: string): boolean {
  if (!existsSync(join(folder, 'node_modules', '.package-lock.json'))) return false;
  return client.packages.every((wish) => {
    const { name, version } = wanted(wish);
    const file = join(folder, 'node_modules', name, 'package.json');
    return existsSync(file) && JSON.parse(readFileSync(file, 'utf8')).version === version;
  });
}

function wanted(wish: string): { name: string; version: string } {
  const at = wish.lastIndexOf('@');
  return { name: wish.slice(0, at), version: wish.slice(at + 1) };
}

/** What npm says went wrong: its code, and the first sentence. */
function npmError(stderr: string | null): string {
  const lines = (stderr ?? '').split('\n').flatMap((line) => /^npm error (.+)$/.exec(line)?.[1] ?? []);
  return lines
    .filter((line) => !/^A complete log|^(?:syscall|errno|path|type) /.test(line))
    .slice(0, 2)
    .join(': ')
    .trim();
}
