import { join } from 'node:path';
import { RotaError } from '../errors.ts';
import type { System } from '../system/ports.ts';
import { leaveBehind } from './leave-behind.ts';
import { isPartial } from './refs/is-partial.ts';
import { shareShallow } from './refs/share-shallow.ts';
import type { Repository } from './repository.ts';

/** A neutral git directory and its end. */
export interface Neutral {
  readonly place: NeutralPlace;
  /** The same directory with another work tree and a private index, for checkouts and commits by plumbing. */
  at(workTree: string, index: string): NeutralPlace;
  readonly folder: string;
  close(): Promise<void>;
}

export interface NeutralPlace {
  readonly kind: 'neutral';
  readonly gitDir: string;
  readonly objects: string;
  readonly workTree?: string;
  readonly index?: string;
}

/**
 * Makes an empty bare git directory that shares the repository's objects: what is written there is in the repository at
 * once, and nothing that anybody configured takes part. Its folder names the pid, so that sweep can drop it after a crash.
 */
export async function openNeutral(system: System, repository: Repository): Promise<Neutral> {
  const gitDir = await makeNeutralFolder(system, repository);
  await system.files.makeFolder(join(gitDir, 'refs'));
  await system.files.makeFolder(join(gitDir, 'objects'));
  await system.files.write(join(gitDir, 'HEAD'), 'ref: refs/heads/none\n');
  await system.files.write(
    join(gitDir, 'config'),
    configText(repository, await isPartial(system, repository)),
  );
  await shareShallow(system, repository, gitDir);
  const place: NeutralPlace = { kind: 'neutral', gitDir, objects: join(repository.gitDir, 'objects') };
  return {
    place,
    at: (workTree, index) => ({ ...place, workTree, index }),
    folder: gitDir,
    close: () => system.files.removeTree(gitDir).catch(leaveBehind),
  };
}

/** In the cache; where that cannot be written, in the temporary folder: looking must not need a writable home. */
async function makeNeutralFolder(
  { files, machine, random }: System,
  { cacheDir }: Repository,
): Promise<string> {
  const folder = join(cacheDir, 'neutral', `${machine.pid}-${random.id()}`);
  try {
    await files.makeFolder(folder);
    return folder;
  } catch (error) {
    if (!(error instanceof RotaError)) throw error;
    return files.temporaryFolder(`rota-neutral-${machine.pid}-`);
  }
}

/** In a partial clone, what is missing there may be missing here. Without an address, so that nothing is fetched for it. */
function configText({ objectFormat }: Repository, partial: boolean): string {
  const sha256 = objectFormat === 'sha256';
  return [
    `[core]\n\trepositoryformatversion = ${sha256 || partial ? 1 : 0}\n\tbare = false\n`,
    sha256 || partial ? '[extensions]\n' : '',
    sha256 ? '\tobjectformat = sha256\n' : '',
    partial ? '\tpartialclone = nowhere\n[remote "nowhere"]\n\tpromisor = true\n' : '',
  ].join('');
}
