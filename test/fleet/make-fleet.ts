import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type Dice, dice } from '../torture/dice.ts';
import { AGENT, GATE } from './agent-program.ts';

/** A machine of the fleet: a clone, and all that a machine has of its own. */
export interface MachinePlace {
  readonly name: string;
  /** The clone that its workers start in. */
  readonly clone: string;
  /** Its file with the machine id; null: this system has none, and its host name tells it apart. */
  readonly idFile: string | null;
  readonly env: Readonly<Record<string, string>>;
}

export interface FleetPlaces {
  /** Outside every repository: what agents need, what rota said. */
  readonly desk: string;
  /** The bare repository that they share. */
  readonly hub: string;
  /** For people's git, and for what serves the hub. */
  readonly env: Readonly<Record<string, string>>;
  readonly ids: readonly string[];
  readonly machines: readonly MachinePlace[];
}

/** The address of rota's commits here. */
export const WORKER = 'worker@example.org';
/** Where this system keeps the machine id. */
export const MACHINE_ID = '/etc/machine-id';
/** One task in so many shares a folder with others, so that it is not worked on beside them. */
const SHARING = 20;

/** Makes the shared repository with its backlog, and for each machine a home of its own; its clone follows when the hub is served. */
export function makeFleet(
  folder: string,
  { clones, workers, tasks, seed }: { clones: number; workers: number; tasks: number; seed: number },
): FleetPlaces {
  const desk = join(folder, 'desk');
  mkdirSync(desk, { recursive: true });
  writeFileSync(join(desk, 'agent.sh'), AGENT);
  const env = environment(join(folder, 'person'), 'Pat Example', 'pat@example.org');
  const ids = Array.from({ length: tasks }, (_, n) => `A${n + 1}`);
  const first = join(folder, 'first');
  const files = { ...settings(desk, workers), ...backlog(ids, desk, dice(seed)) };
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(first, path)), { recursive: true });
    writeFileSync(join(first, path), text);
  }
  const hub = join(folder, 'hub.git');
  const git = (cwd: string, ...args: string[]) => execFileSync('git', args, { cwd, env, stdio: 'pipe' });
  git(first, 'init', '-q');
  git(first, 'add', '-A');
  git(first, 'commit', '-q', '-m', 'chore: first');
  git(folder, 'clone', '-q', '--bare', first, hub);
  git(hub, 'config', 'http.receivepack', 'true');
  const machines = Array.from({ length: clones }, (_, n) => machinePlace(folder, `m${n + 1}`));
  return { desk, hub, env, ids, machines };
}

function machinePlace(folder: string, name: string): MachinePlace {
  const own = join(folder, name);
  const env = environment(join(own, 'home'), 'Worker', WORKER);
  const idFile = existsSync(MACHINE_ID) ? join(own, 'machine-id') : null;
  if (idFile !== null) writeFileSync(idFile, `${Buffer.from(name.padEnd(16, '.')).toString('hex')}\n`);
  return { name, clone: join(own, 'clone'), idFile, env };
}

function settings(desk: string, workers: number): Record<string, string> {
  return {
    'README.md': '# fleet\n',
    'gate.sh': GATE,
    'pair/a/first.txt': 'one\n',
    'pair/b/first.txt': 'one\n',
    'rota.yaml': `gate: ["sh gate.sh"]\nworkers: ${workers}\nagents:\n  mine: {command: [sh, ${desk}/agent.sh, ${desk}], prompt: stdin}\n`,
    'roles/developer.md':
      '---\nrole: developer\ntakes: {type: [feature]}\nagent: mine\nmay-edit: ["**", "!backlog/**", "!roles/**", "!rota.yaml"]\n---\nWork.\n',
    'backlog/README.md': 'Tasks.\n',
  };
}

/** The tasks, and beside them how long the agent of each takes: 1 to 3 seconds. */
function backlog(ids: readonly string[], desk: string, chance: Dice): Record<string, string> {
  const files = ids.map((id, n): [string, string] => {
    writeFileSync(join(desk, `nap-${id}`), `${(1 + 2 * chance.fraction()).toFixed(2)}\n`);
    const touches = n % SHARING === SHARING - 1 ? 'touches: [shared/**]\n' : '';
    const head = `id: ${id}\ntitle: Do what ${id} asks\ntype: feature\nstatus: ready\n${touches}`;
    return [`backlog/${id}-do-what-${id.toLowerCase()}-asks.md`, `---\n${head}---\nWrite its files.\n`];
  });
  return Object.fromEntries(files);
}

function environment(home: string, name: string, email: string): Record<string, string> {
  mkdirSync(join(home, 'tmp'), { recursive: true });
  const config = join(home, '.gitconfig');
  writeFileSync(
    config,
    `[user]\n\tname = ${name}\n\temail = ${email}\n[init]\n\tdefaultBranch = main\n[commit]\n\tgpgSign = false\n[gc]\n\tauto = 0\n[maintenance]\n\tauto = false\n`,
  );
  return {
    PATH: process.env['PATH'] ?? '/usr/bin:/bin',
    ...{ HOME: home, USER: name.toLowerCase().split(' ')[0]!, LANG: 'C.UTF-8', NO_COLOR: '1' },
    ...{
      TMPDIR: join(home, 'tmp'),
      XDG_CACHE_HOME: join(home, '.cache'),
      XDG_CONFIG_HOME: join(home, '.config'),
    },
    ...{ GIT_CONFIG_GLOBAL: config, GIT_CONFIG_NOSYSTEM: '1', GIT_EDITOR: 'true' },
  };
}
