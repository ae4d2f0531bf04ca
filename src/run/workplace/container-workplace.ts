import type { Mount } from '../../isolate/mount.ts';
import { type CloneReach, cloneWorkplace } from './clone-workplace.ts';
import { openContainer } from './open-container.ts';
import { BOX } from './private-git.ts';
import { reachInWords } from './reach-in-words.ts';
import type { Workplace, WorkplaceWish } from './workplace.ts';

/**
 * `isolation: container`: a repository of the agent's own in the run's worktree, and docker or podman around it: the tools are
 * the image's, the login is a copy, nothing else of this machine is there.
 *
 * @throws RotaError `config` without an image, `isolation` when this machine cannot do it
 */
export async function containerWorkplace(wish: WorkplaceWish): Promise<Workplace> {
  const { project, run, agent, config, folder } = wish;
  const rules = config.isolation;
  const box = await openContainer(project.system, {
    ...{ run, folder: folder.file(BOX), rules, mounts: [], login: agent.login },
  });
  const mounts = ({ worktree, desk }: CloneReach) =>
    [worktree, desk].map((at): Mount => ({ kind: 'write', at, from: at }));
  const place = await cloneWorkplace(wish, {
    isolation: 'container',
    says: `${reachInWords('a repository of its own', rules, box.missing)} (${box.engine}, image ${rules.image})`,
    confined: true,
    wrap: (start, reach) => box.wrap(start, mounts(reach)),
    close: box.close,
  });
  return {
    ...place,
    collect: async () => {
      // Where its processes cannot be seen from here, what the engine has started may have outlived its client.
      await box.end();
      return place.collect();
    },
  };
}
