import type { Machine, System } from '../../system/ports.ts';

/** The process that a journal belongs to. */
export interface Owner {
  readonly machine: string;
  readonly boot: string;
  readonly pidNamespace: string;
  readonly pid: number;
  readonly started: string;
}

/** This process, as a journal names it. */
export function ownerOf(machine: Machine): Owner {
  const { id, boot, pidNamespace, pid, started } = machine;
  return { machine: id, boot, pidNamespace, pid, started };
}

/** In place of a live owner that lets go: whoever looks next finds it dead. */
export function givenUp(owner: Owner): Owner {
  return { ...owner, boot: 'given up' };
}

/**
 * Whether the process is proven dead: of this machine, and of an earlier boot or without a process of its pid and start
 * time. What cannot be seen from here (another machine or container) counts as alive.
 */
export async function isDead(system: System, owner: Owner): Promise<boolean> {
  const { machine } = system;
  if (owner.machine !== machine.id) return false;
  if (owner.boot !== machine.boot) return true;
  if (owner.pidNamespace !== machine.pidNamespace) return false;
  const facts = await system.processTable.facts(owner.pid);
  switch (facts.kind) {
    case 'gone':
      return true;
    case 'unreadable':
      return false;
    case 'alive':
      return facts.started !== owner.started;
    default:
      return facts satisfies never;
  }
}
