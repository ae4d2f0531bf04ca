import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { AGENT, GATE } from './agent-program.ts';

/** One main, and the checkouts in which people and workers use it. */
export interface Site {
  readonly name: 'solo' | 'hub';
  /** The repository whose main counts. */
  readonly shared: string;
  /** Where workers and sweepers start: the checkout with main itself, or two clones. */
  readonly homes: readonly string[];
  /** What ids begin with. */
  readonly prefix: string;
}

export interface Arena {
  readonly folder: string;
  /** Kinds of tasks, the agents' ledger, what rota said: outside every repository. */
  readonly desk: string;
  readonly ledger: string;
  /** Path of the built command. */
  readonly rota: string;
  /** For rota and what it starts; its git identity is not the person's. */
  readonly env: Readonly<Record<string, string>>;
  /** For the person's own git. */
  readonly personEnv: Readonly<Record<string, string>>;
  readonly sites: readonly [solo: Site, hub: Site];
}

/** The address by which commits of rota's own are known. */
export const WORKER = 'worker@example.org';

/** Makes the repositories: `solo`, which has main checked out and no remote, and `hub.git` with its clones `one` and `two`. */
export function makeArena(folder: string, rota: string): Arena {
  const desk = join(folder, 'desk');
  mkdirSync(desk, { recursive: true });
  const env = environment(join(folder, 'worker-home'), 'Worker', WORKER);
  const personEnv = environment(join(folder, 'person-home'), 'Pat Example', 'pat@example.org');
  writeFileSync(join(desk, 'agent.sh'), AGENT);
  writeFileSync(join(desk, 'ledger'), '');
  const git = (cwd: string, ...args: string[]) =>
    execFileSync('git', args, { cwd, env: personEnv, stdio: ['ignore', 'pipe', 'inherit'] });
  const solo = join(folder, 'solo');
  seed(solo, 'S', desk, git);
  const first = join(folder, 'seed');
  seed(first, 'H', desk, git);
  const hub = join(folder, 'hub.git');
  git(folder, 'clone', '-q', '--bare', first, hub);
  const clones = ['one', 'two'].map((name) => join(folder, name));
  for (const clone of clones) git(folder, 'clone', '-q', hub, clone);
  return {
    ...{ folder, desk, rota, env, personEnv, ledger: join(desk, 'ledger') },
    sites: [
      { name: 'solo', shared: solo, homes: [solo], prefix: 'S' },
      { name: 'hub', shared: hub, homes: clones, prefix: 'H' },
    ],
  };
}

function seed(
  root: string,
  prefix: string,
  desk: string,
  git: (cwd: string, ...args: string[]) => void,
): void {
  const files: Record<string, string> = {
    'README.md': '# torture\n',
    '.gitignore': 'scratch/\n',
    'list.txt': '# what was done\n',
    'gate.sh': GATE,
    'pair/a/first.txt': 'one\n',
    'pair/b/first.txt': 'one\n',
    'rota.yaml': `prefix: ${prefix}\ngate: ["sh gate.sh"]\nworkers: 30\nagents:\n  mine: {command: [sh, ${desk}/agent.sh, ${desk}], prompt: stdin}\n`,
    'roles/developer.md': role('developer', 'feature'),
    'roles/fixer.md': role('fixer', 'bug'),
    'backlog/README.md': 'Tasks.\n',
  };
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  git(root, 'init', '-q');
  git(root, 'add', '-A');
  git(root, 'commit', '-q', '-m', 'chore: first');
}

function role(name: string, type: string): string {
  return `---\nrole: ${name}\ntakes: {type: [${type}]}\nagent: mine\nmay-edit: ["**", "!backlog/**", "!roles/**", "!rota.yaml"]\nfixes: 2\nattempts: 2\ntime-limit: 90s\nstall-limit: 90s\n---\nWork.\n`;
}

function environment(home: string, name: string, email: string): Record<string, string> {
  mkdirSync(join(home, 'tmp'), { recursive: true });
  writeFileSync(
    join(home, '.gitconfig'),
    `[user]\n\tname = ${name}\n\temail = ${email}\n[init]\n\tdefaultBranch = main\n[commit]\n\tgpgSign = false\n[gc]\n\tauto = 0\n[maintenance]\n\tauto = false\n[advice]\n\tdetachedHead = false\n`,
  );
  return {
    PATH: process.env['PATH'] ?? '/usr/bin:/bin',
    HOME: home,
    USER: name.toLowerCase().split(' ')[0]!,
    LANG: 'C.UTF-8',
    TMPDIR: join(home, 'tmp'),
    XDG_CACHE_HOME: join(home, '.cache'),
    XDG_CONFIG_HOME: join(home, '.config'),
    GIT_CONFIG_GLOBAL: join(home, '.gitconfig'),
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_EDITOR: 'true',
    NO_COLOR: '1',
  };
}
