import { join } from 'node:path';
import type { Project } from '../project/project.ts';

/** Folder beside the worktrees, so on the same disk: one folder for each run whose agent has a repository of its own. */
export const CLONES = '.clones';

/** Where a run's agent finds its prompt and leaves its result, and where its repository is made before it is put in place. */
export function clonePlaceOf({ worktrees }: Project, run: string): string {
  return join(worktrees, CLONES, run);
}

/** In a worktree's administrative folder: its `.git` is a repository of the agent's. Names the pack that rota made for it. */
export const CLONE_MARK = 'rota-clone';
