import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { parse } from 'yaml';
import { type LoopbackForge, loopbackForge } from './forge/loopback-forge.ts';
import { type HttpRemote, httpRemote } from './http-remote.ts';
import { type Sandbox, sandbox, type TestRepo } from './repo.ts';
import { type ScriptedAgent, scriptedAgent } from './scripted-agent.ts';

/** Where main is shared: nowhere else, a bare repository on disk, one behind `git http-backend`, or on a forge that gh talks to. */
export type Hub = 'none' | 'file' | 'http' | 'forge';

export interface SceneWish {
  readonly hub?: Hub;
  /** File name in backlog/ -> text; default: one ready task A1. */
  readonly tasks?: Record<string, string>;
  /** Front-matter lines of role developer that differ from the default. */
  readonly role?: Record<string, string | number>;
  /** Lines of rota.yaml that differ from the default. */
  readonly config?: Record<string, string> | ((agent: ScriptedAgent) => Record<string, string>);
  readonly files?: Record<string, string>;
}

/** How `rota run` or `rota land` ended. */
export interface RunEnd {
  readonly code: number | null;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into documents freely
  readonly doc: any;
  readonly stderr: string;
}

export interface Scene {
  readonly box: Sandbox;
  /** A person's checkout, on main. */
  readonly home: TestRepo;
  /** Where main is: the remote, or home. */
  readonly shared: TestRepo;
  readonly http: HttpRemote | null;
  readonly forge: LoopbackForge | null;
  readonly agent: ScriptedAgent;
  /** Another clone of the remote. */
  clone(name: string): TestRepo;
  /** Runs a rota command with --json to its end. */
  rota(args: string[], where?: TestRepo): Promise<RunEnd>;
  run(...args: string[]): Promise<RunEnd>;
  /** Starts a command with --json, for what happens meanwhile. */
  start(args: string[], where?: TestRepo): { ended: Promise<RunEnd>; kill(signal: NodeJS.Signals): void };
  /** A file on main. */
  onMain(path: string): string;
  /** Subjects of main's first-parent history, newest first, without the first commit. */
  history(): string[];
  /** The record of a task; null: it has none. */
  // biome-ignore lint/suspicious/noExplicitAny: tests look into documents freely
  record(task: string): any;
  /** Branches of rota's in home. */
  branches(where?: TestRepo): string[];
  /** Folders of rota's worktrees in home. */
  worktrees(where?: TestRepo): string[];
  /** A person changes a task file on main by hand. */
  edit(task: string, change: (text: string) => string, message?: string): void;
}

/** A task file with comments and keys that nobody but its person knows. */
export function taskText(id: string, more: Record<string, string> = {}): string {
  const keys: Record<string, string> = {
    id,
    title: `Greet from ${id}   # as people say it`,
    type: 'feature',
    priority: 'medium',
    status: "'ready'   # for work",
    'x-estimate': '[1,  2]  # days',
    ...more,
  };
  const lines = Object.entries(keys).map(([key, value]) => `${key}: ${value}`);
  return `---\n# notes of ours about ${id}\n${lines.join('\n')}\n---\nSay hello, politely.  \n\n- [ ] greets\n`;
}

/** The file name that scenes give to a task. */
export function taskFile(id: string): string {
  return `backlog/${id}-greet.md`;
}

/** A repository with role developer, a scripted agent, and a gate that is red while there is a file `broken`. */
export async function scene(wish: SceneWish = {}): Promise<Scene> {
  const { hub = 'none', tasks = { [taskFile('A1')]: taskText('A1') } } = wish;
  const box = sandbox();
  const agent = scriptedAgent(join(box.folder, 'desk'));
  const files = {
    'README.md': '# hello\n',
    'src/greet.txt': 'hello\n',
    'test/greet.test.txt': 'a test\n',
    'rota.yaml': configText(agent, wish.config),
    'roles/developer.md': roleText(wish.role),
    ...agent.files,
    ...tasks,
    ...wish.files,
  };
  const first = box.repo('project', files);
  const forge = hub === 'forge' ? await loopbackForge(box) : null;
  const bare = forge?.bare ?? (hub === 'none' ? null : box.bare('hub.git'));
  const http = bare !== null && hub === 'http' ? await httpRemote(bare) : null;
  const url = forge?.url ?? http?.url ?? bare?.root ?? null;
  if (bare !== null && url !== null) {
    first.git('remote', 'add', 'origin', hub === 'file' ? `file://${url}` : url);
    // Not by way of http: its server is in this process, which waits for git here.
    first.git('push', '-q', bare.root, 'main');
  }
  return sceneOf({
    box,
    home: first,
    shared: bare ?? first,
    http,
    forge,
    agent,
    url: hub === 'file' ? `file://${url}` : url,
  });
}

function configText(agent: ScriptedAgent, wish: SceneWish['config'] = {}): string {
  const lines = {
    gate: '["test ! -e broken"]',
    agents: `{mine: {command: ${JSON.stringify(agent.command)}, prompt: stdin}}`,
    ...(typeof wish === 'function' ? wish(agent) : wish),
  };
  return Object.entries(lines)
    .map(([key, value]) => `${key}: ${value}\n`)
    .join('');
}

function roleText(wish: SceneWish['role'] = {}): string {
  const lines = {
    role: 'developer',
    takes: '{type: [feature, bug, chore]}',
    agent: 'mine',
    'may-edit': '["**", "!backlog/**", "!roles/**", "!rota.yaml"]',
    'may-add-tasks': 'true',
    fixes: 0,
    attempts: 2,
    'time-limit': '50s',
    'stall-limit': '50s',
    ...wish,
  };
  return `---\n${Object.entries(lines)
    .map(([key, value]) => `${key}: ${value}\n`)
    .join('')}---\nDo it well.\n`;
}

type Parts = Pick<Scene, 'box' | 'home' | 'shared' | 'http' | 'forge' | 'agent'> & {
  readonly url: string | null;
};

function sceneOf({ box, home, shared, http, forge, agent, url }: Parts): Scene {
  const start: Scene['start'] = (args, where = home) => {
    const started = where.start([...args, '--json']);
    return { ended: started.ended.then(toEnd), kill: started.kill };
  };
  const made: Scene = {
    box,
    home,
    shared,
    http,
    forge,
    agent,
    clone: (name) => {
      const cloned = box.clone(shared.root, name);
      if (url !== null) cloned.git('remote', 'set-url', 'origin', url);
      return cloned;
    },
    rota: (args, where) => start(args, where).ended,
    run: (...args) => start(['run', 'developer', ...args]).ended,
    start,
    onMain: (path) => `${shared.git('show', `main:${path}`)}\n`,
    history: () => shared.git('log', '--first-parent', '--format=%s', 'main').split('\n').slice(0, -1),
    record: (task) => {
      const known = shared.git('for-each-ref', '--format=%(refname)', `refs/rota/tasks/${task}`);
      return known === '' ? null : parse(shared.git('cat-file', 'blob', `${known}:record.yaml`));
    },
    branches: (where = home) =>
      lines(where.git('for-each-ref', '--format=%(refname:lstrip=2)', 'refs/heads/ai/')),
    worktrees: (where = home) =>
      lines(where.git('worktree', 'list', '--porcelain'))
        .filter((line) => line.startsWith('worktree ') && line.includes('/.worktrees/'))
        .map((line) => line.slice('worktree '.length)),
    edit: (task, change, message = `person: edit ${task}`) => {
      if (url !== null) home.git('pull', '-q', '--rebase', shared.root, 'main');
      home.commit(message, { [taskFile(task)]: change(home.read(taskFile(task))) });
      if (url !== null) home.git('push', '-q', shared.root, 'main');
    },
  };
  return made;
}

function toEnd({ code, stdout, stderr }: { code: number | null; stdout: string; stderr: string }): RunEnd {
  try {
    return { code, doc: JSON.parse(stdout), stderr };
  } catch {
    throw new Error(`not one JSON document (exit ${code}):\n${stdout}\n${stderr}`);
  }
}

function lines(text: string): string[] {
  return text.split('\n').filter((line) => line !== '');
}

/** What must be true after every run, however it ended. */
export function expectTidy({ home, shared, history }: Scene, end: RunEnd): void {
  const { run, outcome, branch } = end.doc;
  expect(processesOf(run), 'processes of the run').toEqual([]);
  const red = shared
    .git('log', '--first-parent', '--format=%h', 'main')
    .split('\n')
    .filter((commit) => shared.git('ls-tree', '--name-only', commit).split('\n').includes('broken'));
  expect(red, 'red commits on main').toEqual([]);
  const landings = shared.git(
    'log',
    '--first-parent',
    '--format=%(trailers:key=Run,valueonly,separator=)',
    'main',
  );
  expect(lines(landings).filter((line) => line === run).length, 'landings of this run').toBe(
    outcome === 'landed' ? 1 : 0,
  );
  expect(history().filter((subject) => subject.includes('undefined'))).toEqual([]);
  if (outcome === 'landed' && !home.git('rev-parse', '--is-bare-repository').includes('true')) {
    expect(
      home
        .git('worktree', 'list')
        .split('\n')
        .filter((line) => line.includes(branch ?? '-')),
    ).toEqual([]);
  }
}

/** A task file says what its person wrote, rota's own lines apart, and shows no lock. */
export function expectIntact(scene: Scene, task: string, status: string): string {
  const text = scene.onMain(taskFile(task));
  expect(text).not.toContain('lock:');
  expect(text).toContain(`# notes of ours about ${task}\n`);
  expect(text).toContain('   # as people say it\n');
  expect(text).toContain('x-estimate: [1,  2]  # days\n');
  expect(text).toContain('Say hello, politely.  \n\n- [ ] greets\n');
  expect(text).toMatch(new RegExp(`^status: '?${status}'?   # for work$`, 'm'));
  return text;
}

/** Pids whose environment names the run. */
export function processesOf(run: string): string[] {
  return readdirSync('/proc').filter((name) => {
    if (!/^[0-9]+$/.test(name)) return false;
    try {
      return readFileSync(`/proc/${name}/environ`, 'latin1')
        .split('\0')
        .some((entry) => entry.startsWith('ROTA_RUN=') && entry.includes(run));
    } catch {
      return false;
    }
  });
}
