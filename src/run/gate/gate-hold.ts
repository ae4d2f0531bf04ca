import { join } from 'node:path';
import type { System } from '../../system/ports.ts';
import { holderIsDead, holderName } from './holder.ts';

/**
 * Takes gate folder `n` below `base` for this process. Who wants one puts a file with a name of its own beside the others and has
 * it if no other live one is there then: of two at the same time at most one succeeds.
 *
 * @returns the file whose removal gives it back; null: somebody else has it
 */
export async function takeGateHold(system: System, base: string, n: string): Promise<string | null> {
  const { files } = system;
  const holders = join(base, 'holders', n);
  await files.makeFolder(holders);
  if (await heldByOther(system, holders, null)) return null;
  const name = holderName(system);
  const mine = join(holders, name);
  await files.write(mine, '', { exclusive: true });
  if (!(await heldByOther(system, holders, name))) return mine;
  await files.removeFile(mine);
  return null;
}

async function heldByOther(system: System, holders: string, mine: string | null): Promise<boolean> {
  let held = false;
  for (const { name } of await system.files.list(holders)) {
    if (name === mine) continue;
    if (await holderIsDead(system, name))
      await system.files.removeFile(join(holders, name)).catch(goneIsFine);
    else held = true;
  }
  return held;
}

function goneIsFine(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOENT') throw error;
}
