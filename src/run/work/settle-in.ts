import { openWorkplace } from '../workplace/open-workplace.ts';
import type { ActiveRun } from './active-run.ts';

/** Opens the place where the agent will work and says what keeps it there. The worktree is there already. */
export async function settleIn(run: ActiveRun): Promise<void> {
  const { project, id, role, agent, claim, worktree, folder } = run;
  const { config } = claim.snapshot;
  run.workplace = await openWorkplace({
    ...{ project, run: id, role, agent, config, branch: claim.branch, worktree: worktree!, folder },
  });
  const { isolation, says } = run.workplace;
  run.tell({ type: 'isolation', isolation, says });
}
