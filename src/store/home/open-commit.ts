import { join } from 'node:path';
import type { System } from '../../system/ports.ts';
import type { Repository } from '../repository.ts';

/** An abandoned message stands in the way for this long, in milliseconds. */
const PATIENCE = 30 * 60_000;

/**
 * Whether a person seems to be writing a commit message in this checkout: its COMMIT_EDITMSG is newer than the last move of
 * HEAD and young. Main moving now would make their commit fail (FACTS: `cannot lock ref 'HEAD'`). A guess from times: it
 * only decides when main moves, never whether anything is lost.
 */
export async function hasOpenCommit(
  system: System,
  repository: Repository,
  gitDir: string,
  ref: string,
): Promise<boolean> {
  const message = await system.files.facts(join(gitDir, 'COMMIT_EDITMSG'));
  if (message === null) return false;
  if (system.clock.now().getTime() - message.mtimeMs > PATIENCE) return false;
  const moves = await Promise.all(
    [join(gitDir, 'logs', 'HEAD'), join(gitDir, 'HEAD'), join(repository.gitDir, ref)].map((path) =>
      system.files.facts(path),
    ),
  );
  return message.mtimeMs > Math.max(0, ...moves.map((facts) => facts?.mtimeMs ?? 0));
}
