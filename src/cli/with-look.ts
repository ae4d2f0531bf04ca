import { openLookCache } from '../run/look-cache.ts';
import type { Project } from '../run/project.ts';
import type { Snapshot } from '../run/snapshot.ts';
import { openRepository } from '../store/repository.ts';
import type { Cli } from './cli.ts';
import type { Options } from './command-spec.ts';
import { flagOption } from './options.ts';

/** What a look needs of a project: everything else of it is only used when there are records to read. */
export type Looking = Pick<Project, 'system' | 'repository' | 'worktrees'>;

/**
 * For the commands that people wait for most: what was seen last if nothing has moved since, else the same as
 * withSnapshot. Readers of YAML and the doors to remotes are not even loaded then.
 */
export async function withLook<T>(
  cli: Cli,
  options: Options,
  action: (project: Project, snapshot: Snapshot) => Promise<T>,
): Promise<T> {
  const repository = await openRepository(cli.system, cli.folder);
  const cache = await openLookCache(cli.system, repository, cli.version);
  const seen = flagOption(options, 'fetch') ? null : await cache.read();
  if (seen !== null) {
    const looking: Looking = { system: cli.system, repository, worktrees: seen.config.worktrees };
    return action(looking as Project, seen);
  }
  const { withSnapshot } = await import('./with-project.ts');
  return withSnapshot(cli, options, async (project, snapshot) => {
    if (snapshot.records.size === 0) await cache.write(snapshot);
    return action(project, snapshot);
  });
}
