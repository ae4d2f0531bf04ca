import type { System } from '../../system/ports.ts';

/** A file name that nobody else uses and that says which process it belongs to. */
export function holderName(system: System): string {
  const { machine, random } = system;
  const facts = [machine.id, machine.pidNamespace, machine.boot, String(machine.pid), machine.started];
  return [...facts, random.id()].map(plain).join('_');
}

/**
 * Whether the process that a file name was made for has ended: this machine's, but of another boot, or its number is free or
 * somebody else's by now. Anything that cannot be known counts as alive.
 */
export async function holderIsDead(system: System, name: string): Promise<boolean> {
  const { machine, processTable } = system;
  const [id, namespace, boot, pid = '', started] = name.split('_');
  if (id !== plain(machine.id) || namespace !== plain(machine.pidNamespace)) return false;
  if (boot !== plain(machine.boot)) return true;
  if (!/^[0-9]+$/.test(pid)) return false;
  const facts = await processTable.facts(Number(pid));
  if (facts.kind === 'alive') {
    const known = started !== '' && facts.started !== '';
    return known && started !== plain(facts.started);
  }
  return facts.kind === 'gone';
}

function plain(text: string): string {
  return text.replace(/[^A-Za-z0-9-]/g, '');
}
