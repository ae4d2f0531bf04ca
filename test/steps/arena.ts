import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { realGit } from '../../src/system/git.ts';
import { lightProcesses } from '../../src/system/light-processes.ts';
import type { System } from '../../src/system/ports.ts';
import { realSystem } from '../../src/system/real-system.ts';

/** Where main is: nowhere else and checked out at home, in a bare repository only, or on a remote. */
export type Hub = 'home' | 'bare' | 'remote';

/**
 * A folder with a HOME, a repository and perhaps a remote, for one trial after the other. Always at the same path, so that
 * what was prepared once can be copied back: git's files name absolute paths.
 */
export interface Arena {
  readonly hub: Hub;
  readonly folder: string;
  /** The repository that rota works in: a person's checkout, or a bare one. */
  readonly repo: string;
  /** Its git directory. */
  readonly gitDir: string;
  /** The repository whose main counts. */
  readonly shared: string;
  /** Outside every repository: what the agent is to do, and the ledger of what it wrote. */
  readonly desk: string;
  /** Rota's outside world there. `later` milliseconds are added to the wall clock. */
  system(later?: number): System;
  git(at: string, ...args: string[]): string;
  write(path: string, text: string): void;
  read(path: string): string;
  /** Keeps what is there now, for `restore`. */
  keep(): void;
  restore(): void;
  dispose(): void;
}

export interface ArenaWish {
  /** File name in backlog/ -> text. */
  readonly tasks: Readonly<Record<string, string>>;
  /** Lines of rota.yaml. */
  readonly config?: string;
  /** Shell text of the agent's turn. */
  readonly turn: string;
}

/** What the agent runs: `put PATH TEXT` writes a file and then notes its bytes in the ledger. */
const AGENT = `desk=$1
n=0
put() {
  mkdir -p "$(dirname "$1")"
  printf '%s\\n' "$2" > "$1"
  n=$((n+1))
  cp "$1" "$desk/ledger/$ROTA_RUN-$$-$n"
}
cat > /dev/null
. "$desk/turn.sh"
`;

const ROLE = `---
role: developer
takes: {type: [feature, bug, chore]}
agent: mine
may-edit: ["**", "!backlog/**", "!roles/**", "!rota.yaml"]
may-add-tasks: true
fixes: 0
attempts: 3
time-limit: 50s
stall-limit: 50s
---
Do it well.
`;

/** Makes the arena in \`base\`/box with one commit on main. */
export function makeArena(base: string, hub: Hub, wish: ArenaWish): Arena {
  mkdirSync(base, { recursive: true });
  const folder = join(realpathSync(base), 'box');
  const template = join(dirname(folder), 'template');
  rmSync(folder, { recursive: true, force: true });
  const [home, desk] = [join(folder, 'home'), join(folder, 'desk')];
  for (const path of [join(home, 'tmp'), join(desk, 'ledger')]) mkdirSync(path, { recursive: true });
  writeFileSync(
    join(home, '.gitconfig'),
    '[user]\n\tname = Pat Example\n\temail = pat@example.org\n[init]\n\tdefaultBranch = main\n[gc]\n\tauto = 0\n[maintenance]\n\tauto = false\n[protocol "file"]\n\tallow = always\n',
  );
  const env: Record<string, string> = {
    ...{ PATH: process.env['PATH'] ?? '/usr/bin:/bin', HOME: home, USER: 'pat', LANG: 'C.UTF-8' },
    ...{
      TMPDIR: join(home, 'tmp'),
      XDG_CACHE_HOME: join(home, '.cache'),
      XDG_CONFIG_HOME: join(home, '.config'),
    },
    ...{ GIT_CONFIG_GLOBAL: join(home, '.gitconfig'), GIT_CONFIG_NOSYSTEM: '1' },
  };
  const repo = join(folder, 'project');
  const remote = join(folder, 'hub.git');
  const arena: Arena = {
    ...{ hub, folder, repo, desk },
    gitDir: hub === 'bare' ? repo : join(repo, '.git'),
    shared: hub === 'remote' ? remote : repo,
    system: (later = 0) => {
      const real = realSystem();
      return {
        ...real,
        clock: { ...real.clock, now: () => new Date(Date.now() + later) },
        git: realGit(lightProcesses(), env),
        environment: { variables: env, cwd: folder, platform: process.platform, by: 'pat@example' },
      };
    },
    git: (at, ...args) =>
      execFileSync('git', args, {
        cwd: at,
        env,
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'pipe'],
      }).trimEnd(),
    write: (path, text) => {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    },
    read: (path) => readFileSync(join(folder, path), 'utf8'),
    keep: () => {
      rmSync(template, { recursive: true, force: true });
      copy(folder, template);
    },
    restore: () => {
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
      copy(template, folder);
    },
    dispose: () => rmSync(dirname(folder), { recursive: true, force: true, maxRetries: 5 }),
  };
  fill(arena, wish);
  return arena;
}

function fill(arena: Arena, { tasks, config = '', turn }: ArenaWish): void {
  const { hub, desk, folder, repo, git, write } = arena;
  write('desk/agent.sh', AGENT);
  write('desk/turn.sh', turn);
  const first = hub === 'bare' ? join(folder, 'first') : repo;
  mkdirSync(first, { recursive: true });
  const files: Record<string, string> = {
    '.gitignore': '*.log\n',
    'README.md': '# hello\n',
    'src/greet.txt': 'hello\n',
    'waits.txt': 'as it was\n',
    'theirs/staged.txt': 'as it was\n',
    'theirs/dirty.txt': 'as it was\n',
    'rota.yaml': `gate: ["test ! -e broken"]\nagents: {mine: {command: ["sh", ${JSON.stringify(join(desk, 'agent.sh'))}, ${JSON.stringify(desk)}], prompt: stdin}}\n${config}`,
    'roles/developer.md': ROLE,
    ...Object.fromEntries(Object.entries(tasks).map(([name, text]) => [`backlog/${name}`, text])),
  };
  for (const [path, text] of Object.entries(files)) write(join(first.slice(folder.length + 1), path), text);
  git(first, 'init', '-q', '--template=');
  git(first, 'add', '-A');
  git(first, 'commit', '-q', '-m', 'chore: first');
  if (hub === 'bare') {
    git(folder, 'clone', '-q', '--bare', '--template=', first, repo);
    git(repo, 'remote', 'remove', 'origin');
    rmSync(first, { recursive: true });
  }
  if (hub === 'remote') {
    git(folder, 'init', '-q', '--bare', '--template=', arena.shared);
    git(first, 'remote', 'add', 'origin', `file://${arena.shared}`);
    git(first, 'push', '-q', 'origin', 'main');
  }
}

/** Text of a task file. */
export function taskText(id: string, more = ''): string {
  return `---\n# notes of ours about ${id}\nid: ${id}\ntitle: Greet from ${id}   # as people say it\ntype: feature\nstatus: 'ready'   # for work\nx-estimate: [1,  2]  # days\n${more}---\nSay hello, politely.  \n\n- [ ] greets\n`;
}

/** With links as they are: node's own copy would make them absolute. */
function copy(from: string, to: string): void {
  if (existsSync(to)) throw new Error(`${to} is in the way`);
  cpSync(from, to, { recursive: true, verbatimSymlinks: true, preserveTimestamps: true });
}
