import { readOwnRests } from '../../run/claim/own-rest.ts';
import { readEdited, readLandable } from '../../run/claim/pick-facts.ts';
import { readLiveness } from '../../run/project/liveness.ts';
import type { Cli } from '../cli.ts';
import type { Options } from '../command-spec.ts';
import { withSnapshot } from '../with-project.ts';
import type { Look } from './look.ts';
import { openLookCache } from './look-cache.ts';

/** Gathers a look at the last fetched state, or with --fetch the remote's, and keeps it for quickLook. */
export function withLook(cli: Cli, options: Options, say: (look: Look) => void): Promise<number> {
  const { system, version, folder } = cli;
  const { variables } = system.environment;
  // Opened first: what moves after this moment makes what is kept out of date.
  const cache = openLookCache(folder, { variables, version, now: system.clock.now().getTime() });
  return withSnapshot(cli, options, async (project, snapshot) => {
    const [edited, landable, liveness, rests] = await Promise.all([
      readEdited(project, snapshot),
      readLandable(project, snapshot),
      readLiveness(project, snapshot.records),
      readOwnRests(project, snapshot),
    ]);
    const { worktrees } = project;
    const still = { snapshot, edited, landable, worktrees, remote: project.remote !== null };
    cache?.write(still);
    say({ ...still, liveness, rests, machine: system.machine.id });
    return 0;
  });
}
