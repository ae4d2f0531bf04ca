import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { afterEach } from 'vitest';
import { isThere } from './is-there.ts';
// Its folders go after each test: the server has to end before, so that file comes first.
import './repo.ts';
import { freePort } from './free-port.ts';
import type { Sandbox } from './repo.ts';
import { until } from './until.ts';

const open: Sshd[] = [];

afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => server.close()));
});

/** A real sshd with keys, hosts and configuration of its own; it knows nobody but who runs the tests. */
export interface Sshd {
  /** `ssh://` address of a folder of this machine. */
  url(folder: string): string;
  readonly port: number;
  readonly user: string;
  /** Settings for a client: this server's key, and the one it lets in. Written into an `ssh_config`. */
  readonly clientConfig: string;
  /** What the server said. */
  log(): string;
  /** Ends the server; connections that are open go on. */
  stop(): Promise<void>;
  close(): Promise<void>;
}

export interface SshdWish {
  /** Address to listen on, and which `url` names. */
  readonly address?: string;
  /** What the server is started with, for another network namespace. */
  readonly inside?: readonly string[];
  readonly port?: number;
  /** Further lines of sshd_config. */
  readonly settings?: readonly string[];
  /** Calls share one connection, as `ControlMaster auto` and `ControlPersist` in many a person's ssh_config make them. */
  readonly shared?: boolean;
}

/** Debian keeps it where people's PATH does not lead. */
const FIND = 'PATH="$PATH:/usr/sbin:/usr/local/sbin:/sbin" && command -v sshd && command -v ssh >/dev/null';

/** Whether sshd can be started here (`isThere`). */
export function hasSshd(): boolean {
  return isThere('sh', '-c', FIND);
}

/** Starts sshd for a sandbox, whose git then uses its key: in `~/.gitconfig`, as a person would say it. Closed after the test. */
export async function startSshd(box: Sandbox, wish: SshdWish = {}): Promise<Sshd> {
  const { address = '127.0.0.1', inside = [], settings = [], shared = false } = wish;
  const folder = join(box.folder, 'sshd');
  const port = wish.port ?? (await freePort());
  const user = userInfo().username;
  mkdirSync(folder, { recursive: true });
  for (const name of ['host', 'id'])
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', name, '-f', join(folder, name)]);
  writeFileSync(join(folder, 'keys'), readFileSync(join(folder, 'id.pub')));
  const [kind, key] = readFileSync(join(folder, 'host.pub'), 'utf8').split(' ');
  writeFileSync(join(folder, 'known'), `[${address}]:${port} ${kind} ${key}\n`);
  writeFileSync(join(folder, 'sshd_config'), serverConfig(box, folder, { address, port, settings }));
  const clientConfig = clientLines(folder, shared);
  writeFileSync(join(folder, 'ssh_config'), clientConfig);
  execFileSync('git', ['config', '--global', 'core.sshCommand', `ssh -F ${join(folder, 'ssh_config')}`], {
    env: box.env,
  });
  // What sshd refuses to start without where it may become another user.
  if (process.getuid?.() === 0) mkdirSync('/run/sshd', { recursive: true, mode: 0o755 });
  const argv = [...inside, program(), '-D', '-e', '-f', join(folder, 'sshd_config')];
  const child = spawn(argv[0]!, argv.slice(1), { env: box.env, stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.on('data', (piece: Buffer) => (said += piece));
  const ended = over(child);
  const made: Sshd = {
    url: (path) => `ssh://${user}@${address}:${port}${path}`,
    port,
    user,
    clientConfig,
    log: () => said,
    stop: async () => {
      child.kill('SIGTERM');
      await ended;
    },
    close: async () => {
      if (shared) endShared(box, join(folder, 'ssh_config'), `${user}@${address}`, port, inside);
      await made.stop();
    },
  };
  open.push(made);
  await until(() => said.includes('Server listening') || child.exitCode !== null, 'sshd does not start');
  if (child.exitCode !== null) throw new Error(`sshd ended with ${child.exitCode}:\n${said}`);
  return made;
}

/** It wants to be started by its whole name. */
function program(): string {
  return execFileSync('sh', ['-c', FIND], { encoding: 'utf8' }).trim();
}

function serverConfig(
  box: Sandbox,
  folder: string,
  { address, port, settings }: { address: string; port: number; settings: readonly string[] },
): string {
  const variables = Object.entries({
    HOME: box.env['HOME'],
    GIT_CONFIG_GLOBAL: box.env['GIT_CONFIG_GLOBAL'],
    GIT_CONFIG_NOSYSTEM: '1',
  });
  const lines = [
    // The first one counts.
    ...settings,
    `ListenAddress ${address}`,
    `Port ${port}`,
    `HostKey ${folder}/host`,
    `AuthorizedKeysFile ${folder}/keys`,
    'PidFile none',
    'UsePAM no',
    // The keys lie below a temporary folder, which everybody may write to.
    'StrictModes no',
    'PermitRootLogin yes',
    'PasswordAuthentication no',
    'KbdInteractiveAuthentication no',
    'MaxStartups 200',
    'MaxSessions 200',
    'UseDNS no',
    `SetEnv ${variables.map(([name, value]) => `${name}=${value}`).join(' ')}`,
  ];
  return `${lines.join('\n')}\n`;
}

function clientLines(folder: string, shared: boolean): string {
  const lines = [
    'Host *',
    `  IdentityFile ${folder}/id`,
    '  IdentitiesOnly yes',
    '  IdentityAgent none',
    `  UserKnownHostsFile ${folder}/known`,
    '  StrictHostKeyChecking yes',
    '  CheckHostIP no',
  ];
  if (shared) lines.push('  ControlMaster auto', `  ControlPath ${folder}/shared`, '  ControlPersist 60');
  return `${lines.join('\n')}\n`;
}

function endShared(box: Sandbox, config: string, where: string, port: number, inside: readonly string[]) {
  const argv = [...inside, 'ssh', '-F', config, '-p', String(port), '-O', 'exit', where];
  try {
    execFileSync(argv[0]!, argv.slice(1), { env: box.env, stdio: 'ignore' });
  } catch {
    // No connection was ever made, or it has ended.
  }
}

function over(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    child.once('error', () => resolve());
    child.once('exit', () => resolve());
  });
}
