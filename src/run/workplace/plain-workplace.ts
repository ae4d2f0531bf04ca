import { withoutIsolation } from '../../isolate/none.ts';
import { openResultDesk } from './result-desk.ts';
import type { Workplace, WorkplaceWish } from './workplace.ts';

/** `isolation: none`: the worktree itself, with the person's rights. */
export async function plainWorkplace({ project, run, worktree, folder }: WorkplaceWish): Promise<Workplace> {
  const desk = await openResultDesk(project.system, project.repository, run, folder);
  return {
    isolation: 'none',
    says: 'the agent can do what you can; tampering is detected afterwards',
    confined: false,
    folder: worktree.path,
    resultFile: desk.file,
    promptFile: folder.file('prompt.md'),
    enter: desk.clear,
    wrap: withoutIsolation,
    collect: desk.collect,
    close: desk.close,
  };
}
