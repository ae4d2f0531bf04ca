import { join } from 'node:path';
import { RotaError } from '../../errors.ts';
import type { System } from '../../system/ports.ts';
import type { Repository } from '../repository.ts';
import type { PathChange } from './diff-paths.ts';
import type { Journal, MovedCheckout } from './journal.ts';

/** Blobs read from one git process. */
const BATCH = 200;

/**
 * Writes the content that paths of a checkout will get into its holding folder, before anything is moved: a full disk is
 * found here, where nothing has happened yet.
 */
export async function stageNewContent(
  system: System,
  repository: Repository,
  checkout: MovedCheckout,
  journal: Journal,
): Promise<void> {
  const { files } = system;
  await files.makeFolder(join(checkout.holding, 'new'));
  await files.makeFolder(join(checkout.holding, 'old'));
  await files.makeFolder(checkout.admin);
  // Kept with the old files, so that a late write into one of them can be told by its path.
  await files.write(
    join(checkout.holding, 'moved.json'),
    `${JSON.stringify({ ...journal, root: checkout.path })}\n`,
  );
  await stagePaths(
    system,
    repository,
    checkout,
    journal.changes.map((change, number) => ({ change, number })),
  );
}

/** Writes the new content of these paths afresh. */
export async function stagePaths(
  system: System,
  repository: Repository,
  checkout: MovedCheckout,
  paths: readonly { change: PathChange; number: number }[],
): Promise<void> {
  const withContent = paths.filter(({ change }) => change.new !== null);
  for (let start = 0; start < withContent.length; start += BATCH) {
    const batch = withContent.slice(start, start + BATCH);
    const blobs = await readBlobs(
      system,
      repository,
      batch.map(({ change }) => change.new!.oid),
    );
    for (const { change, number } of batch) {
      const path = stagedPath(checkout, number);
      if ((await system.files.facts(path)) !== null) await system.files.removeFile(path);
      const mode = change.new!.mode === '100755' ? 0o777 : 0o666;
      await system.files.write(path, blobs.get(change.new!.oid)!, { mode, exclusive: true });
    }
  }
}

export function stagedPath(checkout: MovedCheckout, number: number): string {
  return join(checkout.holding, 'new', String(number));
}

async function readBlobs(
  system: System,
  repository: Repository,
  oids: readonly string[],
): Promise<Map<string, Buffer>> {
  const wanted = [...new Set(oids)];
  const found = await system.git.objects(repository.place, 'contents', wanted);
  return new Map(
    wanted.map((oid, at) => {
      const object = found[at];
      if (object?.type !== 'blob')
        throw new RotaError('git', `Object ${oid} is missing from the repository.`, 'git fsck');
      return [oid, object.content];
    }),
  );
}
