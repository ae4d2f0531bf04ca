import { execFileSync, spawn } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterEach } from 'vitest';
import { realGit } from '../../src/system/git.ts';
import type { System } from '../../src/system/ports.ts';
import { realProcesses } from '../../src/system/processes.ts';
import { realSystem } from '../../src/system/real-system.ts';

export const ROTA = resolve(import.meta.dirname, '../../dist/rota.js');
const open: Sandbox[] = [];

afterEach(() => {
  for (const sandbox of open.splice(0)) sandbox.dispose();
});

export interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A temporary folder with a HOME, a git config and a PATH of its own. Gone after the test. */
export interface Sandbox {
  readonly folder: string;
  readonly env: Record<string, string>;
  /** A System whose git and folders are those of the sandbox. */
  system(overrides?: Partial<System>): System;
  /** A new repository with one commit of these files on main. */
  repo(name: string, files?: Record<string, string>): TestRepo;
  /** A bare repository. */
  bare(name: string): TestRepo;
  clone(from: string, name: string): TestRepo;
  /** A repository that is there already. */
  at(name: string): TestRepo;
  dispose(): void;
}

export interface TestRepo {
  readonly root: string;
  readonly sandbox: Sandbox;
  /** Runs git there as a person would; throws with stderr when it fails. */
  git(...args: string[]): string;
  write(path: string, text: string | Uint8Array): void;
  read(path: string): string;
  exists(path: string): boolean;
  /** Writes, adds and commits. */
  commit(message: string, files: Record<string, string>): string;
  /** Runs the built command there to its end. */
  rota(args: string[], options?: { env?: Record<string, string>; input?: string }): Promise<Ran>;
  /** The built command with --json, its document parsed. */
  // biome-ignore lint/suspicious/noExplicitAny: tests look into documents freely
  json(args: string[], options?: { env?: Record<string, string> }): Promise<any>;
  /** Starts the built command without waiting, for races and signals. */
  start(
    args: string[],
    options?: { env?: Record<string, string> },
  ): { pid: number; ended: Promise<Ran>; kill(signal: NodeJS.Signals): void };
}

/** Makes a sandbox; call once in a test. */
export function sandbox(): Sandbox {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'rota-test-')));
  const home = join(folder, 'home');
  mkdirSync(join(home, 'tmp'), { recursive: true });
  writeFileSync(
    join(home, '.gitconfig'),
    '[user]\n\tname = Pat Example\n\temail = pat@example.org\n[init]\n\tdefaultBranch = main\n[commit]\n\tgpgSign = false\n[gc]\n\tauto = 0\n[maintenance]\n\tauto = false\n[protocol "file"]\n\tallow = always\n',
  );
  const env: Record<string, string> = {
    PATH: process.env['PATH'] ?? '/usr/bin:/bin',
    HOME: home,
    USER: 'pat',
    LANG: 'C.UTF-8',
    TMPDIR: join(home, 'tmp'),
    XDG_CACHE_HOME: join(home, '.cache'),
    XDG_CONFIG_HOME: join(home, '.config'),
    GIT_CONFIG_GLOBAL: join(home, '.gitconfig'),
    GIT_CONFIG_NOSYSTEM: '1',
    NO_COLOR: '1',
  };
  const made: Sandbox = {
    folder,
    env,
    system: (overrides = {}) => ({
      ...realSystem(),
      git: realGit(realProcesses(), env),
      environment: { variables: env, cwd: folder, platform: process.platform, by: 'pat@example' },
      ...overrides,
    }),
    repo: (name, files = { 'README.md': '# hello\n' }) => {
      if (name === 'home') throw new Error('home is the HOME folder of the sandbox');
      const repo = testRepo(made, join(folder, name));
      repo.git('init', '-q');
      repo.commit('chore: first', files);
      return repo;
    },
    bare: (name) => {
      const repo = testRepo(made, join(folder, name));
      repo.git('init', '-q', '--bare');
      return repo;
    },
    clone: (from, name) => {
      execFileSync('git', ['clone', '-q', from, join(folder, name)], { env, stdio: 'pipe' });
      return testRepo(made, join(folder, name));
    },
    at: (name) => testRepo(made, join(folder, name)),
    dispose: () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }),
  };
  open.push(made);
  return made;
}

function testRepo(owner: Sandbox, root: string): TestRepo {
  mkdirSync(root, { recursive: true });
  const { env } = owner;
  const start: TestRepo['start'] = (args, options = {}) => {
    const child = spawn(process.execPath, [ROTA, ...args], {
      cwd: root,
      env: { ...env, ...options.env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (piece) => (stdout += piece));
    child.stderr.on('data', (piece) => (stderr += piece));
    const ended = new Promise<Ran>((done) => child.on('close', (code) => done({ code, stdout, stderr })));
    return { pid: child.pid!, ended, kill: (signal) => void child.kill(signal) };
  };
  const repo: TestRepo = {
    root,
    sandbox: owner,
    git: (...args) =>
      execFileSync('git', args, {
        cwd: root,
        env,
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'pipe'],
      }).trimEnd(),
    write: (path, text) => {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), text);
      if (typeof text === 'string' && text.startsWith('#!')) chmodSync(join(root, path), 0o755);
    },
    read: (path) => readFileSync(join(root, path), 'utf8'),
    exists: (path) => existsSync(join(root, path)),
    commit: (message, files) => {
      for (const [path, text] of Object.entries(files)) repo.write(path, text);
      repo.git('add', '-A', '--', ...Object.keys(files));
      repo.git('commit', '-q', '--allow-empty', '-m', message);
      return repo.git('rev-parse', 'HEAD');
    },
    rota: (args, options = {}) => start(args, options).ended,
    json: async (args, options = {}) => {
      const ran = await repo.rota([...args, '--json'], options);
      try {
        return JSON.parse(ran.stdout);
      } catch {
        throw new Error(
          `no JSON from rota ${args.join(' ')} (exit ${ran.code}):\n${ran.stdout}\n${ran.stderr}`,
        );
      }
    },
    start,
  };
  return repo;
}
