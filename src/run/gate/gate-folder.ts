import { join } from 'node:path';
import { RotaError } from '../../errors.ts';
import type { Repository } from '../../store/repository.ts';
import type { System } from '../../system/ports.ts';
import { takeGateHold } from './gate-hold.ts';
import { removeEverything } from './remove-everything.ts';

/** A folder outside every checkout in which one gate at a time works. */
export interface GateFolder {
  readonly path: string;
  /** Empties it: what was there is put aside. */
  clear(): Promise<void>;
  /** Starts to remove what was put aside, for a time when others are busy: it is not waited for. */
  tidy(): void;
  /**
   * Lets the next one have it. What the gate left stays there until then, for a look.
   *
   * @returns what of an earlier gate could not be removed (files of another user), in words; normally null
   */
  release(): Promise<string | null>;
}

/** More gates than this at once on one machine are a mistake. */
const MOST = 200;

/**
 * Takes the first gate folder that nobody uses, empty. Who wants one puts a file with a name of its own beside the others
 * and has the folder if no other live one is there then; of two at the same time at most one succeeds, the others take the
 * next folder. A dead holder's file can be removed by anybody: its name is never used again.
 *
 * @throws RotaError `repository` when the cache folder lies inside the checkout, whose dependencies a gate would then find
 */
export async function takeGateFolder(system: System, repository: Repository): Promise<GateFolder> {
  const base = join(repository.cacheDir, 'gate');
  await system.files.makeFolder(base);
  await refuseInside(system, repository, base);
  for (let n = 1; n <= MOST; n++) {
    const mine = await takeGateHold(system, base, String(n));
    if (mine === null) continue;
    const folder = gateFolder(system, await system.files.realPath(base), String(n), mine);
    try {
      await folder.clear();
      return folder;
    } catch (error) {
      await system.files.removeFile(mine);
      throw error;
    }
  }
  throw new RotaError(
    'files',
    `all ${MOST} gate folders in ${base} are in use`,
    `If no rota is running, remove ${base}`,
  );
}

function gateFolder(system: System, base: string, n: string, hold: string): GateFolder {
  const { files } = system;
  const path = join(base, n);
  const old = join(base, 'old', n);
  let removal: Promise<void> | null = null;
  let left: string | null = null;
  const stays = (error: Error): void => {
    left = error.message;
  };
  const tidy = () => {
    removal ??= removeEverything(files, old).then(done, stays);
    return removal;
  };
  return {
    path,
    clear: async () => {
      // What is being removed would take what is put there now with it.
      await removal;
      removal = null;
      await files.makeFolder(old);
      if ((await files.facts(path)) !== null) {
        // A folder that a gate made read-only cannot be moved.
        await files.chmod(path, 0o700);
        await files.rename(path, join(old, system.random.id()));
      }
      await files.makeFolder(path);
    },
    tidy: () => void tidy(),
    release: async () => {
      await tidy();
      await files.removeFile(hold).catch(goneIsFine);
      return left;
    },
  };
}

function done(): void {}

async function refuseInside(system: System, repository: Repository, base: string): Promise<void> {
  const real = await system.files.realPath(base);
  const checkouts = repository.bare ? [repository.checkout] : [repository.root, repository.checkout];
  const around = checkouts.find((checkout) => checkout !== null && real.startsWith(join(checkout, '/')));
  if (around === undefined) return;
  throw new RotaError(
    'repository',
    `the gate would run in ${real}, inside the checkout ${around}, and find dependencies there that main does not have`,
    `Set XDG_CACHE_HOME to a folder outside ${around}`,
  );
}

function goneIsFine(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOENT') throw error;
}
