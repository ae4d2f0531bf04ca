import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Client } from './clients.ts';

/** A client that is there, or why it is not. */
export type Installed =
  | { readonly client: Client; readonly bin: string; readonly version: string }
  | { readonly client: Client; readonly missing: string };

/** Ample for a package of 200 MB. */
const PATIENCE = 10 * 60_000;

/** Installs a client into a folder of its own below the cache, unless this version is there already. */
export function install(client: Client, cache: string, say: (line: string) => void): Installed {
  const folder = join(cache, client.name.replace(/^(opencode|gemini)-acp$/, '$1'));
  const bin = join(folder, 'node_modules', '.bin');
  if (!isThere(client, folder)) {
    say(`installing ${client.packages.join(' ')} into ${folder}`);
    mkdirSync(folder, { recursive: true });
    const npm = spawnSync(
      'npm',
      ['install', '--no-audit', '--no-fund', '--save-exact', '--prefix', folder, ...client.packages],
      { encoding: 'utf8', timeout: PATIENCE },
    );
    if (npm.status !== 0)
      return { client, missing: lastLine(npm.stderr) || `npm failed (${npm.error?.message})` };
  }
  if (!existsSync(join(bin, client.program)))
    return { client, missing: `${client.packages[0]} has no program ${client.program}` };
  return { client, bin, version: wanted(client.packages[0]!).version };
}

function isThere(client: Client, folder: string): boolean {
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

function lastLine(text: string | null): string {
  const lines = (text ?? '').split('\n').filter((line) => line.includes('npm error'));
  return lines[0]?.replace('npm error', '').trim() ?? '';
}
