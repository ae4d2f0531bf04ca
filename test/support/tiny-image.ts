import { execFileSync, spawnSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { isThere } from './is-there.ts';

/** Debian: `apt install podman runc`. */
export const HAS_PODMAN = isThere('podman', '--version') && isThere('runc', '--version');

const PROGRAMS =
  'sh git cat ls env sleep id touch mkdir rm cp mv ln head wc grep sed dirname basename setsid chmod seq tail';

/** Ids of a run's containers, one a line. */
export function containersOf(run: string): string {
  const args = ['ps', '--all', '--quiet', '--filter', `label=rota.run=${run}`];
  return execFileSync(ENGINE, args, { encoding: 'utf8' }).trim();
}

/** Programs that not every machine has are called by name only here. */
const [ENGINE, LINKED] = ['podman', 'ldd'] as const;

export interface TinyImage {
  readonly name: string;
  /** For programs that call podman: limits that a machine which is itself confined can set. */
  readonly env: Readonly<Record<string, string>>;
  remove(): void;
}

/** An image of this machine's own programs: a shell, git and a few more. Nothing is fetched. */
export function tinyImage(): TinyImage {
  const folder = mkdtempSync(join(tmpdir(), 'rota-image-'));
  const root = join(folder, 'root');
  const name = `localhost/${basename(folder).toLowerCase()}:1`;
  const conf = join(folder, 'containers.conf');
  writeFileSync(conf, '[containers]\ndefault_ulimits = ["nofile=1024:1024", "nproc=1024:1024"]\n');
  for (const path of ['usr/bin', 'tmp', 'proc', 'dev', 'sys', 'etc', 'root'])
    mkdirSync(join(root, path), { recursive: true });
  symlinkSync('usr/bin', join(root, 'bin'));
  writeFileSync(join(root, 'etc/passwd'), 'root:x:0:0::/root:/bin/sh\n');
  for (const program of PROGRAMS.split(' ')) bring(root, program);
  const tar = execFileSync('tar', ['-c', '-C', root, '.'], { maxBuffer: 512 * 1024 * 1024 });
  const env = { ...process.env, CONTAINERS_CONF: conf };
  const made = spawnSync(ENGINE, ['import', '-', name], { input: tar, env });
  if (made.status !== 0) throw new Error(`podman import: ${made.stderr}`);
  return {
    name,
    env: { CONTAINERS_CONF: conf },
    remove: () => {
      spawnSync(ENGINE, ['rmi', '--force', name], { env, stdio: 'ignore' });
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function bring(root: string, program: string): void {
  const found = execFileSync('which', [program], { encoding: 'utf8' }).trim();
  copy(root, realpathSync(found), `/usr/bin/${program}`);
  const linked = spawnSync(LINKED, [realpathSync(found)], { encoding: 'utf8' }).stdout ?? '';
  for (const [library] of linked.matchAll(/\/[^\s)]+/g)) copy(root, realpathSync(library), library);
}

function copy(root: string, from: string, at: string): void {
  const to = join(root, at);
  mkdirSync(dirname(to), { recursive: true });
  if (!existsSync(to)) copyFileSync(from, to);
}
