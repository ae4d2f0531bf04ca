import { createHash } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import type { Machine } from './ports.ts';

/**
 * Identity of this machine, boot, pid namespace and process. Where the system has no machine id (a fresh container) the host
 * name has to do: processes of two such containers are told apart by their pid namespaces.
 */
export function readMachine(pid: number): Machine {
  const boot = readLine('/proc/sys/kernel/random/boot_id') ?? 'unknown';
  const host = hostname();
  const id = readId('/etc/machine-id') ?? readId('/var/lib/dbus/machine-id') ?? host;
  return {
    // Hashed: systemd asks programs not to publish the machine id itself (machine-id(5)).
    id: createHash('sha256').update(`rota:${id}`).digest('hex').slice(0, 16),
    host,
    boot,
    pidNamespace: namespaceOf(pid),
    pid,
    started: startedOf(pid),
  };
}

/** Images hold no id, or `uninitialized`, until a machine starts from them (machine-id(5)): that would be everybody's. */
function readId(path: string): string | null {
  const id = readLine(path);
  return id !== null && /^[0-9a-f]{32}$/.test(id) && !/^(.)\1*$/.test(id) ? id : null;
}

function readLine(path: string): string | null {
  try {
    const line = readFileSync(path, 'utf8').trim();
    return line === '' ? null : line;
  } catch {
    return null;
  }
}

function namespaceOf(pid: number): string {
  try {
    return readlinkSync(`/proc/${pid}/ns/pid`);
  } catch {
    return 'none';
  }
}

function startedOf(pid: number): string {
  const stat = readLine(`/proc/${pid}/stat`);
  return stat === null ? '' : (stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '');
}
