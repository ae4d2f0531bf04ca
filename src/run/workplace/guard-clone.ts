import { RotaError } from '../../errors.ts';
import type { Mount } from '../../isolate/mount.ts';
import { withoutIsolation } from '../../isolate/none.ts';
import type { CloneGuard, CloneReach } from './clone-workplace.ts';
import { openBox } from './open-box.ts';
import { BOX } from './private-git.ts';
import { reachInWords } from './reach-in-words.ts';
import type { WorkplaceWish } from './workplace.ts';

/**
 * `isolation: clone`: inside bubblewrap where this machine has it, so that nothing else of the project is in reach; else
 * with the person's rights, and said.
 */
export async function guardClone(wish: WorkplaceWish): Promise<CloneGuard> {
  try {
    return await inBox(wish);
  } catch (error) {
    if (!(error instanceof RotaError) || error.code !== 'isolation') throw error;
    return {
      isolation: 'clone',
      says: `the agent has a repository of its own, but your rights: it can do what you can, and tampering is detected afterwards. ${error.message}`,
      confined: false,
      wrap: withoutIsolation,
      close: async () => undefined,
    };
  }
}

async function inBox({ project, config, agent, folder }: WorkplaceWish): Promise<CloneGuard> {
  const { system, repository } = project;
  const rules = config.isolation;
  const box = await openBox(system, repository, {
    ...{ folder: folder.file(BOX), rules, login: agent.login, mounts: [] },
  });
  const written = ({ worktree, desk }: CloneReach) => [worktree, desk].map(writable);
  return {
    isolation: 'clone',
    says: `${reachInWords('a repository of its own', rules, box.missing)} (inside bubblewrap)`,
    confined: true,
    wrap: (start, reach) => box.wrap(start, written(reach)),
    close: box.close,
  };
}

function writable(at: string): Mount {
  return { kind: 'write', at, from: at };
}
