import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../support/free-port.ts';
import { until } from '../support/until.ts';
import type { FleetPlaces } from './make-fleet.ts';
import type { ServedHub } from './serve-hub.ts';

/** Debian keeps it where people's PATH does not lead; it wants to be started by its whole name. */
const FIND = 'PATH="$PATH:/usr/sbin:/usr/local/sbin:/sbin" && command -v sshd';

/** Serves the shared repository over ssh on loopback, with keys of its own that every machine's git is told of. */
export async function sshHub({ desk, hub, env, machines }: FleetPlaces): Promise<ServedHub> {
  const folder = join(desk, 'sshd');
  mkdirSync(folder);
  const port = await freePort();
  for (const name of ['host', 'id'])
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', name, '-f', join(folder, name)]);
  const [kind, key] = readFileSync(join(folder, 'host.pub'), 'utf8').split(' ');
  write(folder, 'known', [`[127.0.0.1]:${port} ${kind} ${key}`]);
  write(folder, 'ssh_config', [
    ...[`IdentityFile ${folder}/id`, 'IdentitiesOnly yes', 'IdentityAgent none'],
    ...[`UserKnownHostsFile ${folder}/known`, 'StrictHostKeyChecking yes', 'CheckHostIP no'],
  ]);
  write(folder, 'sshd_config', [
    ...['ListenAddress 127.0.0.1', `Port ${port}`, `HostKey ${folder}/host`],
    ...[`AuthorizedKeysFile ${folder}/id.pub`, 'PidFile none', 'UsePAM no', 'StrictModes no'],
    ...['PermitRootLogin yes', 'PasswordAuthentication no', 'KbdInteractiveAuthentication no'],
    ...['MaxStartups 200', 'MaxSessions 200', 'UseDNS no'],
    `SetEnv HOME=${env['HOME']} GIT_CONFIG_GLOBAL=${env['GIT_CONFIG_GLOBAL']} GIT_CONFIG_NOSYSTEM=1`,
  ]);
  for (const machine of machines)
    execFileSync('git', ['config', '--global', 'core.sshCommand', `ssh -F ${folder}/ssh_config`], {
      env: machine.env,
    });
  // What sshd refuses to start without where it may become another user.
  if (process.getuid?.() === 0) mkdirSync('/run/sshd', { recursive: true, mode: 0o755 });
  const program = execFileSync('sh', ['-c', FIND], { encoding: 'utf8' }).trim();
  const child = spawn(program, ['-D', '-e', '-f', join(folder, 'sshd_config')], {
    ...{ env, stdio: ['ignore', 'ignore', 'pipe'] },
  });
  let said = '';
  child.stderr.on('data', (piece: Buffer) => {
    said = (said + piece.toString('utf8')).slice(-10_000);
  });
  const ended = new Promise<void>((done) => child.once('exit', () => done()));
  await until(() => said.includes('Server listening') || child.exitCode !== null, 'sshd does not start');
  if (child.exitCode !== null) throw new Error(`sshd ended with ${child.exitCode}:\n${said}`);
  return {
    url: `ssh://${userInfo().username}@127.0.0.1:${port}${hub}`,
    close: () => {
      child.kill('SIGTERM');
      return ended;
    },
  };
}

function write(folder: string, name: string, lines: readonly string[]): void {
  writeFileSync(join(folder, name), `${lines.join('\n')}\n`);
}
