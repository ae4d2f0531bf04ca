import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { join } from 'node:path';

const MOST = 1 << 30;
const ENV = {
  PATH: process.env['PATH'] ?? '/usr/bin:/bin',
  LC_ALL: 'C',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_NO_REPLACE_OBJECTS: '1',
  GIT_OPTIONAL_LOCKS: '0',
};

/** Looks into one repository with plain git: nothing of rota's takes part, and nothing is written. */
export interface GitReader {
  /** As it was given: a bare repository, or the folder of its main checkout. */
  readonly root: string;
  /** The common git directory. */
  readonly gitDir: string;
  readonly bare: boolean;
  /** What git said, without the last line end; throws with its stderr. */
  git(...args: string[]): string;
  /** The same with other variables and input; null when git fails. */
  tryGit(args: readonly string[], options?: { env?: Record<string, string>; input?: string }): string | null;
  /** Everything that git said, errors too, whether it failed or not. */
  words(...args: string[]): string;
  has(object: string): boolean;
  /** The bytes of an object that is named like `main:path`; null: there is none. */
  bytes(name: string): Buffer | null;
}

/** Opens a repository for looking. */
export function gitReader(root: string): GitReader {
  const base = ['-c', 'core.fsmonitor=false', '-c', 'core.hooksPath=/dev/null', '-c', 'core.quotePath=false'];
  const run = (args: readonly string[], env: Record<string, string> = {}, input = '') =>
    spawnSync('git', [...base, ...args], { cwd: root, env: { ...ENV, ...env }, input, maxBuffer: MOST });
  const git = (...args: string[]) =>
    execFileSync('git', [...base, ...args], {
      ...{ cwd: root, env: ENV, encoding: 'utf8', maxBuffer: MOST, stdio: ['ignore', 'pipe', 'pipe'] },
    }).replace(/\n$/, '');
  const bytes = (name: string) => {
    const { status, stdout } = run(['cat-file', 'blob', name]);
    return status === 0 ? stdout : null;
  };
  return {
    root,
    gitDir: join(git('rev-parse', '--path-format=absolute', '--git-common-dir')),
    bare: git('rev-parse', '--is-bare-repository') === 'true',
    git,
    tryGit: (args, { env, input } = {}) => {
      const { status, stdout } = run(args, env, input);
      return status === 0 ? stdout.toString('utf8').replace(/\n$/, '') : null;
    },
    words: (...args) => {
      const { stdout, stderr } = run(args);
      return `${stdout}${stderr}`.trim();
    },
    has: (object) => run(['cat-file', '-e', object]).status === 0,
    bytes,
  };
}

/** The object id that git gives to a file of these bytes. */
export function blobId(bytes: Uint8Array | string): string {
  const content = Buffer.from(bytes);
  return createHash('sha1').update(`blob ${content.length}\0`).update(content).digest('hex');
}
