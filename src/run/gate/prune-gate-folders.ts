import { join } from 'node:path';
import type { Repository } from '../../store/repository.ts';
import type { System } from '../../system/ports.ts';
import { takeGateHold } from './gate-hold.ts';
import { removeEverything } from './remove-everything.ts';

/** What a gate left stays so long for a look, in milliseconds. */
const KEPT = 7 * 24 * 60 * 60_000;

/** Removes gate folders that no gate has used for a week, and what dead gates had put aside. One that is in use stays. */
export async function pruneGateFolders(system: System, { cacheDir }: Repository): Promise<void> {
  const { files } = system;
  const base = join(cacheDir, 'gate');
  const aside = join(base, 'old');
  const names = [...(await files.list(base)), ...(await files.list(aside))].map(({ name }) => name);
  for (const n of new Set(names.filter((name) => /^[0-9]+$/.test(name)))) {
    const old = await isOld(system, join(base, n));
    if (!old && (await files.list(join(aside, n))).length === 0) continue;
    const hold = await takeGateHold(system, base, n);
    if (hold === null) continue;
    try {
      await removeEverything(files, join(aside, n));
      // A gate may have used it between the look and the hold.
      if (await isOld(system, join(base, n))) await removeEverything(files, join(base, n));
    } finally {
      await files.removeFile(hold);
    }
  }
}

async function isOld({ files, clock }: System, path: string): Promise<boolean> {
  const facts = await files.facts(path);
  return facts !== null && clock.now().getTime() - facts.mtimeMs > KEPT;
}
