import { withoutIsolation } from '../../isolate/none.ts';
import type { Workplace, WorkplaceWish } from './workplace.ts';

/** `isolation: none`: the worktree itself, with the person's rights. */
export function plainWorkplace({ worktree, folder }: WorkplaceWish): Workplace {
  return {
    isolation: 'none',
    says: 'the agent can do what you can; tampering is detected afterwards',
    folder: worktree.path,
    resultFile: folder.resultFile,
    promptFile: folder.file('prompt.md'),
    enter: async () => undefined,
    wrap: withoutIsolation,
    collect: async () => [],
    close: async () => undefined,
  };
}
