import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type Client, writeHome } from './clients.ts';
import { endAll, processesWith } from './processes.ts';

export interface ArenaWish {
  readonly client: Client;
  /** Where the client's program is. */
  readonly bin: string;
  /** The model server. */
  readonly url: string;
  /** The built command. */
  readonly rota: string;
  /** The client is set up to deny a tool. */
  readonly denying: boolean;
  /** Lines of the role that differ. */
  readonly role?: Readonly<Record<string, string | number>>;
}

/** A repository with tests and one ready task, and a HOME in which the client is set up. Nothing else is in the environment. */
export interface Arena {
  readonly folder: string;
  readonly repo: string;
  git(...args: readonly string[]): string;
  /** Starts the built command with --json. */
  start(...args: readonly string[]): StartedRota;
  rota(...args: readonly string[]): Promise<RotaEnd>;
  /** Ends what was started in it, and removes it. */
  dispose(): void;
}

export interface StartedRota {
  readonly pid: number;
  readonly ended: Promise<RotaEnd>;
}

export interface RotaEnd {
  /** Null: a signal ended it. */
  readonly code: number | null;
  // biome-ignore lint/suspicious/noExplicitAny: documents are looked into freely
  readonly doc: any;
  readonly stderr: string;
}

export const TASK = 'A1';
/** Fixed at the claim. */
export const BRANCH = 'ai/developer/A1-greet-politely';

export function makeArena(wish: ArenaWish): Arena {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'rota-agents-')));
  const [home, repo] = [join(folder, 'home'), join(folder, 'repo')];
  const { client, url } = wish;
  mkdirSync(join(home, 'tmp'), { recursive: true });
  const denied = wish.denying ? client.denied : null;
  writeHome(home, { '.gitconfig': GIT_CONFIG, ...(denied?.files ?? client.files)(url) });
  const env: Record<string, string> = {
    PATH: `${wish.bin}:${dirname(process.execPath)}:/usr/local/bin:/usr/bin:/bin`,
    HOME: home,
    LANG: 'C.UTF-8',
    TERM: 'dumb',
    TMPDIR: join(home, 'tmp'),
    ...client.env(url),
  };
  const git = (...args: readonly string[]) =>
    execFileSync('git', args, {
      cwd: repo,
      env,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    }).trimEnd();
  const start = (...args: readonly string[]) => startRota(wish.rota, [...args, '--json'], repo, env);
  for (const [path, text] of Object.entries(filesOf(wish, denied?.agent ?? client.agent))) {
    mkdirSync(dirname(join(repo, path)), { recursive: true });
    writeFileSync(join(repo, path), text);
  }
  git('init', '-q', '-b', 'main');
  git('add', '-A');
  git('commit', '-q', '-m', 'chore: first');
  return {
    folder,
    repo,
    git,
    start,
    rota: (...args) => start(...args).ended,
    dispose: () => {
      endAll(processesWith(folder));
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

const GIT_CONFIG =
  '[user]\n\tname = Pat Example\n\temail = pat@example.org\n[init]\n\tdefaultBranch = main\n';

function filesOf({ client, url, role = {} }: ArenaWish, agent: string): Record<string, string> {
  const contract = {
    role: 'developer',
    takes: '{type: [feature, bug, chore]}',
    agent: 'mine',
    'may-edit': '["**", "!backlog/**", "!roles/**", "!rota.yaml"]',
    result: 'required',
    fixes: 1,
    attempts: 3,
    ...role,
  };
  const lines = Object.entries(contract).map(([key, value]) => `${key}: ${value}`);
  return {
    'README.md': '# Greetings\n',
    'package.json': '{"name": "greetings", "type": "module", "scripts": {"test": "node --test"}}\n',
    'src/name.mjs': "export const name = 'Ann';\n",
    'test/name.test.mjs': [
      "import assert from 'node:assert';",
      "import { test } from 'node:test';",
      "import { name } from '../src/name.mjs';",
      "test('has a name', () => assert.equal(name, 'Ann'));",
      '',
    ].join('\n'),
    'rota.yaml': [
      'gate: [npm test]',
      `env: [${Object.keys(client.env(url)).join(', ')}]`,
      `agents: {mine: ${agent}}`,
      '',
    ].join('\n'),
    'roles/developer.md': `---\n${lines.join('\n')}\n---\nDo task {{id}} well.\n`,
    'backlog/A1-greet-politely.md': [
      '---',
      `id: ${TASK}`,
      'title: Greet politely',
      'type: feature',
      'status: ready',
      '---',
      'Write `greet` in `src/greet.mjs`.',
      '',
      '- [ ] `greet("Ann")` is `Good day, Ann`',
      '',
    ].join('\n'),
  };
}

function startRota(
  program: string,
  args: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string>>,
): StartedRota {
  const child = spawn(process.execPath, [program, ...args], { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (piece) => (stdout += piece));
  child.stderr.on('data', (piece) => (stderr += piece));
  const ended = new Promise<RotaEnd>((done) => {
    const end = (code: number | null) => done({ code, doc: parsed(stdout), stderr });
    child.on('close', end);
    // What outlives a killed worker may hold its pipes.
    child.on('exit', (code) => void (code === null && end(code)));
  });
  return { pid: child.pid!, ended };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
