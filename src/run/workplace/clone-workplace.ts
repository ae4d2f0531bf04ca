import { dirname, join } from 'node:path';
import type { IsolationKind } from '../../config.ts';
import { RotaError } from '../../errors.ts';
import type { ProgramStart } from '../../isolate/none.ts';
import { send } from '../project/actor.ts';
import { enterClone } from '../worktree/enter-clone.ts';
import { leaveClone } from '../worktree/leave-clone.ts';
import { taskOfBranch } from '../worktree/worktree.ts';
import { openResultDesk } from './result-desk.ts';
import type { Workplace, WorkplaceWish } from './workplace.ts';

/** What keeps an agent in its repository. */
export interface CloneGuard {
  readonly isolation: IsolationKind;
  readonly says: string;
  /** As Workplace.confined. */
  readonly confined: boolean;
  /** A program as it is really started. */
  wrap(start: ProgramStart, reach: CloneReach): ProgramStart;
  close(): Promise<void>;
}

/** All that such an agent needs of the project. */
export interface CloneReach {
  /** With the repository in it. */
  readonly worktree: string;
  /** The folder of its prompt and its result. */
  readonly desk: string;
}

/**
 * The run's worktree with a repository of the agent's own in it (docs/decisions/0019-a-clone-in-the-worktree.md): nothing in
 * there leads to the person's repository, and what it commits is taken in after each turn.
 */
export async function cloneWorkplace(wish: WorkplaceWish, guard: CloneGuard): Promise<Workplace> {
  const { project, run, worktree, folder, branch } = wish;
  const { system, repository } = project;
  const { files } = system;
  const desk = await openResultDesk(system, repository, run, folder);
  const reach = { worktree: worktree.path, desk: dirname(desk.file) };
  const promptFile = join(reach.desk, 'prompt.md');
  const task = taskOfBranch(branch);
  const leave = () => leaveClone(project, { task, run, worktree, base: worktree.base });
  const tell = (message: string) =>
    send(project, { role: wish.role.name, task, run }, { type: 'notice', level: 'warning', message });
  await enterClone(project, { run, worktree });
  return {
    isolation: guard.isolation,
    says: guard.says,
    confined: guard.confined,
    folder: worktree.path,
    resultFile: desk.file,
    promptFile,
    enter: async () => {
      // Nothing of an agent's: setup, or a merge of rota's that the repository does not know yet.
      for (const sentence of await leave()) tell(sentence);
      await enterClone(project, { run, worktree });
      await desk.clear();
      await files.removeTree(promptFile);
      await files.write(promptFile, await files.read(folder.file('prompt.md')), { exclusive: true });
    },
    wrap: (start) => guard.wrap(withoutHome(start, worktree.path), reach),
    collect: async () => [
      ...(await leave()).map((sentence) => `while the agent worked, ${sentence}`),
      ...(await desk.collect()),
    ],
    close: async () => {
      try {
        for (const sentence of await leave()) tell(sentence);
      } catch (error) {
        if (!(error instanceof RotaError)) throw error;
        tell(`The agent's repository is still in ${worktree.path}: ${error.message}`);
      }
      await desk.close();
      await guard.close();
    },
  };
}

/** It is told nothing of the person's checkout, and git does not look for it above a folder that has lost its repository. */
function withoutHome({ env, ...start }: ProgramStart, worktree: string): ProgramStart {
  const { ROTA_HOME: _, ...rest } = env;
  return { ...start, env: { ...rest, GIT_CEILING_DIRECTORIES: dirname(worktree) } };
}
