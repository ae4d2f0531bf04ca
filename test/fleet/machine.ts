import { spawn } from 'node:child_process';
import { appendFileSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { type Dice, dice } from '../torture/dice.ts';

/** What a machine is told. */
export interface MachineOrders {
  readonly name: string;
  readonly rota: string;
  readonly clone: string;
  readonly workers: number;
  readonly seed: number;
  /** Seconds within which its workers begin. */
  readonly startWithin: number;
  /** There when the work is done: a worker that has ended starts no other one. */
  readonly stop: string;
  /** Gets a line for each process of rota that has ended. */
  readonly runs: string;
  /** Written at the very end. */
  readonly end: string;
}

/** A process of rota that has ended. */
export interface RotaRun {
  readonly machine: string;
  readonly worker: number;
  readonly args: readonly string[];
  /** Milliseconds since 1970. */
  readonly began: number;
  readonly ended: number;
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A machine at its end. */
export interface MachineEnd {
  /** Processes that are still there though their worker has ended: in a pid namespace of its own nothing else can be. */
  readonly left: readonly string[];
}

/** How long who found nothing waits before it looks again, in milliseconds: each time twice as long, more or less. */
const REST = { first: 1000, most: 16_000 };
/** Sweeps at the end, as many as may be needed. */
const SWEEPS = 2;
/** Milliseconds. */
const PATIENCE = 20_000;

/**
 * The program of one machine, in namespaces of its own: its workers, each a loop that starts `rota run developer`, as cron does.
 */
export async function workAsMachine(orders: MachineOrders): Promise<void> {
  const chance = dice(orders.seed);
  const loops = Array.from({ length: orders.workers }, (_, worker) => loop(orders, worker, chance.split()));
  await Promise.all(loops);
  for (let n = 0; n < SWEEPS; n++) await start(orders, -1, ['sweep']);
  const end: MachineEnd = { left: await left() };
  writeFileSync(orders.end, JSON.stringify(end));
}

async function loop(orders: MachineOrders, worker: number, chance: Dice): Promise<void> {
  await setTimeout(orders.startWithin * 1000 * chance.fraction());
  for (let rest = REST.first; !existsSync(orders.stop); ) {
    const run = await start(orders, worker, ['run', 'developer', '--verbose']);
    if (/"outcome": ?"landed"/.test(run.stdout)) {
      rest = REST.first;
      continue;
    }
    await unlessStopped(orders, rest * (0.5 + chance.fraction()));
    rest = Math.min(REST.most, 2 * rest);
  }
}

async function unlessStopped({ stop }: MachineOrders, milliseconds: number): Promise<void> {
  const until = performance.now() + milliseconds;
  while (performance.now() < until && !existsSync(stop)) await setTimeout(Math.min(500, milliseconds));
}

function start(orders: MachineOrders, worker: number, args: readonly string[]): Promise<RotaRun> {
  const began = Date.now();
  const child = spawn(process.execPath, [orders.rota, ...args, '--json'], {
    ...{ cwd: orders.clone, detached: true, stdio: ['ignore', 'pipe', 'pipe'] },
  });
  const [out, err] = [[] as Buffer[], [] as Buffer[]];
  child.stdout.on('data', (piece: Buffer) => out.push(piece));
  child.stderr.on('data', (piece: Buffer) => err.push(piece));
  return new Promise((done) => {
    child.on('close', (code) => {
      const [stdout, stderr] = [Buffer.concat(out).toString('utf8'), Buffer.concat(err).toString('utf8')];
      const { name: machine } = orders;
      const run = { machine, worker, args, began, ended: Date.now(), code, stdout, stderr };
      appendFileSync(orders.runs, `${JSON.stringify(run)}\n`);
      done(run);
    });
  });
}

/** What is told to end by the end of its input may take a moment. */
async function left(): Promise<string[]> {
  const until = performance.now() + PATIENCE;
  let found = processes();
  while (found.length > 0 && performance.now() < until) {
    await setTimeout(50);
    found = processes();
  }
  return found;
}

/** Everything that lives here but this process and the one that made the namespace. */
function processes(): string[] {
  return readdirSync('/proc')
    .filter((name) => /^[0-9]+$/.test(name) && name !== '1' && name !== String(process.pid))
    .flatMap((pid) => {
      try {
        const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
        if ('ZX'.includes(stat.slice(stat.lastIndexOf(')') + 2)[0]!)) return [];
        return [`${pid} ${readFileSync(`/proc/${pid}/cmdline`, 'latin1').replaceAll('\0', ' ').trim()}`];
      } catch {
        return [];
      }
    });
}
