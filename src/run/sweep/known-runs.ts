import type { Project } from '../project/project.ts';
import { listWorktrees, type RegisteredWorktree } from '../worktree/list-worktrees.ts';

/** What a sweep finds out once about all dead runs instead of once about each. */
export interface KnownRuns {
  /** The worktree that git has for the run and that was complete; null: none. */
  worktreeOf(run: string): RegisteredWorktree | null;
  /** True: nothing that the run started is alive. False: it has to be looked for. */
  isQuiet(run: string): boolean;
}

/**
 * Looks at all worktrees and processes. Nobody makes either for a run whose worker has died any more. Two looks at the
 * processes, because one that is just being replaced by another program shows no environment.
 */
export async function lookAtRuns(project: Project): Promise<KnownRuns> {
  const { system, repository } = project;
  const worktrees = new Map<string, RegisteredWorktree>();
  for (const worktree of await listWorktrees(system, repository)) {
    const { marker } = worktree;
    if (marker?.ready && !worktrees.has(marker.run)) worktrees.set(marker.run, worktree);
  }
  const seen =
    system.environment.platform === 'linux'
      ? [await system.processTable.runs(), await system.processTable.runs()]
      : [];
  return {
    worktreeOf: (run) => worktrees.get(run) ?? null,
    // Elsewhere than on Linux a run's processes are known by their group only.
    isQuiet: (run) => seen.length > 0 && seen.every((runs) => !runs.has(run)),
  };
}
