import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach } from 'vitest';
import { isThere } from './is-there.ts';
// Its folders go after each test: what runs in there has to end before, so that file comes first.
import './repo.ts';
import { isRunning } from './aftermath.ts';
import { ROTA, type Sandbox, type TestRepo } from './repo.ts';
import type { RunEnd } from './scene.ts';
import { until } from './until.ts';

const open: Network[] = [];

afterEach(async () => {
  await Promise.all(open.splice(0).map((network) => network.close()));
});

/** Machines that reach the hub, where the remote is, each by a cable of its own: network namespaces of the kernel. */
export interface Network {
  /** The hub's address, the same for everybody. */
  readonly address: string;
  /** What starts a program on the hub. */
  readonly hub: readonly string[];
  readonly machines: readonly NetworkMachine[];
  close(): Promise<void>;
}

/** A machine with its own name, machine id, network and, where a test wants it, time since boot. */
export interface NetworkMachine {
  readonly name: string;
  /** The name of the hub's end of its cable. */
  readonly port: string;
  /** What starts a program there, so many minutes later by the machine's own clock. */
  prefix(later?: number): string[];
  /** Starts a rota command with --json there. */
  start(where: TestRepo, args: readonly string[], later?: number): Started;
  /** Runs one to its end. */
  rota(where: TestRepo, args: readonly string[], later?: number): Promise<RunEnd>;
  /** Whatever is sent either way is gone from now on; nobody is told. */
  cut(): void;
  join(): void;
  /** Every process of the machine dies at once. */
  lose(): Promise<void>;
}

interface Started {
  readonly ended: Promise<RunEnd>;
  /** Resolves when it has told people this. */
  said(what: RegExp): Promise<void>;
}

const TRY =
  'set -e; n=rota-try-$$; ip netns add $n; trap "ip netns del $n" EXIT; ip -n $n link add name v0 type veth peer name v1; unshare --mount --uts --time --monotonic 60 true';

/** Whether tests can have machines of their own here: the programs have to be there (`isThere`), and the kernel may say no. */
export function hasNetns(): boolean {
  const programs = isThere('ip', '-V') && isThere('unshare', '--version');
  return programs && spawnSync('sh', ['-c', TRY], { stdio: 'ignore' }).status === 0;
}

/** A network with these machines. It is taken down after the test, with every process in it. */
export function makeNetwork(box: Sandbox, names: readonly string[]): Network {
  const id = randomBytes(4).toString('hex');
  const address = '10.77.0.1';
  const hub = `rota-${id}-hub`;
  ip('netns', 'add', hub);
  const spaces = [hub];
  const network: Network = {
    address,
    hub: ['ip', 'netns', 'exec', hub],
    machines: names.map((name, index) => {
      const space = `rota-${id}-${name}`;
      spaces.push(space);
      ip('netns', 'add', space);
      return machineIn(box, { hub, space, name, index, address });
    }),
    close: async () => {
      for (const space of spaces) await endAll(space);
      for (const space of spaces) ip('netns', 'del', space);
    },
  };
  open.push(network);
  inSpace(hub, 'ip link set lo up', `ip addr add ${address}/32 dev lo`);
  return network;
}

interface Place {
  readonly hub: string;
  readonly space: string;
  readonly name: string;
  readonly index: number;
  readonly address: string;
}

function machineIn(box: Sandbox, place: Place): NetworkMachine {
  const { hub, space, name } = place;
  const port = connect(place);
  const id = join(box.folder, `${name}.machine-id`);
  writeFileSync(id, `${randomBytes(16).toString('hex')}\n`);
  const prefix: NetworkMachine['prefix'] = (later = 0) => [
    ...['ip', 'netns', 'exec', space, 'unshare', '--mount', '--uts'],
    ...(later === 0 ? [] : ['--time', '--monotonic', String(later * 60)]),
    ...['sh', '-c', BE_ANOTHER, 'sh', id, name],
  ];
  const start: NetworkMachine['start'] = (where, args, later) => {
    const [program = '', ...rest] = [...prefix(later), process.execPath, ROTA, ...args, '--json'];
    const child = spawn(program, rest, { cwd: where.root, env: box.env, stdio: ['ignore', 'pipe', 'pipe'] });
    let [stdout, stderr] = ['', ''];
    child.stdout.on('data', (piece) => (stdout += piece));
    child.stderr.on('data', (piece) => (stderr += piece));
    const ended = new Promise<RunEnd>((done, failed) =>
      child.on('close', (code) => {
        try {
          done({ code, doc: JSON.parse(stdout), stderr });
        } catch {
          failed(new Error(`no document from rota ${args.join(' ')} (exit ${code}):\n${stdout}\n${stderr}`));
        }
      }),
    );
    // A machine that is lost leaves no document; whoever wants to know waits for it.
    ended.catch(() => undefined);
    // As long as it runs: what git waits for without an answer takes a minute.
    const said: Started['said'] = async (what) => {
      while (child.exitCode === null && !what.test(stderr)) await new Promise((done) => setTimeout(done, 20));
      if (!what.test(stderr)) throw new Error(`rota ${args.join(' ')} did not say ${what}:\n${stderr}`);
    };
    return { ended, said };
  };
  return {
    name,
    port,
    prefix,
    start,
    rota: (where, args, later) => start(where, args, later).ended,
    cut: () => ip('-n', hub, 'link', 'set', port, 'down'),
    join: () => ip('-n', hub, 'link', 'set', port, 'up'),
    lose: () => endAll(space),
  };
}

/** As another container would be: its own machine id where the system has one, and its own host name. */
const BE_ANOTHER = `set -e
for file in /etc/machine-id /var/lib/dbus/machine-id; do test ! -e $file || mount --bind "$1" $file; done
hostname "$2"
shift 2
exec "$@"`;

/**
 * A cable from the machine to the hub. The machine never has to ask who its neighbour is: the hub is far away, and the next
 * router always answers. So what is sent while the cable is down is lost without a word. It gives up connecting after three
 * seconds instead of two minutes; how long it waits on a connection that stands is as everywhere.
 */
function connect({ hub, space, index, address }: Place): string {
  const port = `m${index + 1}`;
  const [here, there] = [`10.77.${index + 1}.1`, `10.77.${index + 1}.2`];
  ip('link', 'add', 'name', port, 'netns', hub, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', space);
  inSpace(hub, `ip addr add ${here}/30 dev ${port}`, `ip link set ${port} up`);
  const mac = /link\/ether (\S+)/.exec(ip('-n', hub, '-o', 'link', 'show', port))![1];
  inSpace(
    space,
    'ip link set lo up',
    `ip addr add ${there}/30 dev eth0`,
    'ip link set eth0 up',
    `ip neigh replace ${here} lladdr ${mac} nud permanent dev eth0`,
    `ip route add ${address}/32 via ${here}`,
    'echo 1 > /proc/sys/net/ipv4/tcp_syn_retries',
  );
  return port;
}

function inSpace(space: string, ...lines: readonly string[]): void {
  ip('netns', 'exec', space, 'sh', '-ec', lines.join('\n'));
}

function ip(...args: readonly string[]): string {
  return execFileSync('ip', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

async function endAll(space: string): Promise<void> {
  const alive = () =>
    ip('netns', 'pids', space)
      .split('\n')
      .filter((pid) => pid !== '' && isRunning(pid));
  await until(() => {
    const pids = alive();
    for (const pid of pids) kill(Number(pid));
    return pids.length === 0;
  }, `${space} has processes that do not die`);
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
