import { dirname } from 'node:path';
import { RotaError } from '../../errors.ts';
import type { Mount } from '../../isolate/mount.ts';
import { send } from '../project/actor.ts';
import { taskOfBranch } from '../worktree/worktree.ts';
import { collectPrivateGit } from './collect-private-git.ts';
import { openBox } from './open-box.ts';
import { BOX, privateGit } from './private-git.ts';
import { reachInWords } from './reach-in-words.ts';
import { openResultDesk } from './result-desk.ts';
import type { Workplace, WorkplaceWish } from './workplace.ts';

/**
 * `isolation: bwrap`: the run's worktree in bubblewrap, with a git folder of its own around the repository's objects
 * (private-git.ts) and the client's login, and nothing else of the person's.
 *
 * @throws RotaError `isolation` when this machine cannot do it
 */
export async function bwrapWorkplace(wish: WorkplaceWish): Promise<Workplace> {
  const { project, run, role, agent, config, branch, worktree, folder } = wish;
  const desk = await openResultDesk(project.system, project.repository, run, folder);
  const promptFile = folder.file('prompt.md');
  const own = folder.file(BOX);
  const git = privateGit(project, worktree, own);
  const result: Mount = { kind: 'write', at: dirname(desk.file), from: dirname(desk.file) };
  await git.renew();
  let mounts: readonly Mount[] = [...git.mounts(), result];
  const { system, repository } = project;
  const box = await openBox(system, repository, {
    ...{ folder: own, rules: config.isolation, mounts, login: agent.login },
  });
  const origin = { role: role.name, task: taskOfBranch(branch), run };
  const gather = async () => {
    const { refused, noticed } = await collectPrivateGit(project, {
      folder: own,
      branch,
      adminDir: worktree.adminDir,
    });
    for (const message of noticed) send(project, origin, { type: 'notice', level: 'warning', message });
    return refused;
  };
  return {
    isolation: 'bwrap',
    says: reachInWords('its worktree', config.isolation, box.missing),
    confined: true,
    folder: worktree.path,
    resultFile: desk.file,
    promptFile,
    enter: async () => {
      // Setup may have committed; and main may have been merged in since the last turn.
      await gather();
      await git.renew();
      await desk.clear();
      mounts = [...git.mounts(), result, { kind: 'read', at: promptFile, from: promptFile }];
    },
    wrap: (start) => box.wrap(start, mounts),
    collect: async () => [...(await gather()), ...(await desk.collect())],
    close: async () => {
      try {
        await gather();
      } catch (error) {
        if (!(error instanceof RotaError)) throw error;
        // With what it may still hold: once the run is over a sweep finds it.
        const message = `what the agent has in git could not be taken in, and stays in ${own}: ${error.message}`;
        send(project, origin, { type: 'notice', level: 'warning', message });
        return;
      }
      await desk.close();
      await box.close();
    },
  };
}
