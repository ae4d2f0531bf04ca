import { spawn } from 'node:child_process';
import { hostname } from 'node:os';
import type { MachineOrders } from './machine.ts';
import { MACHINE_ID, type MachinePlace } from './make-fleet.ts';

/** A machine at work. */
export interface StartedMachine {
  readonly pid: number;
  /** What it died of; null: it ended as it should. */
  readonly ended: Promise<string | null>;
}

/**
 * Starts a machine, whose program does what `workAsMachine` does with the orders that it gets as its last argument: bubblewrap gives it its own machine id, host name and pid namespace, so that rota takes the workers of two
 * clones for workers of two machines. It ends with this process.
 */
export function startMachine(
  place: MachinePlace,
  program: readonly string[],
  orders: MachineOrders,
): StartedMachine {
  const id = place.idFile === null ? [] : ['--ro-bind', place.idFile, MACHINE_ID];
  const own = [
    '--unshare-pid',
    '--proc',
    '/proc',
    '--unshare-uts',
    '--hostname',
    `${hostname()}-${place.name}`,
  ];
  const args = ['--dev-bind', '/', '/', ...id, ...own, '--die-with-parent'];
  const child = spawn('bwrap', [...args, '--', process.execPath, ...program, JSON.stringify(orders)], {
    ...{ cwd: place.clone, env: place.env, stdio: ['ignore', 'ignore', 'pipe'] },
  });
  let words = '';
  child.stderr.on('data', (piece: Buffer) => {
    words = (words + piece.toString('utf8')).slice(-2000);
  });
  const ended = new Promise<string | null>((done) => {
    child.on('error', (error) => done(`${place.name} did not start: ${error.message}`));
    child.on('close', (code, signal) =>
      done(code === 0 ? null : `${place.name} ended with ${signal ?? code}: ${words}`),
    );
  });
  return { pid: child.pid ?? 0, ended };
}
