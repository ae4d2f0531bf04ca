import { agentEnvironment } from '../../isolate/agent-environment.ts';
import type { ActiveRun } from './active-run.ts';

/** The complete environment of setup and agent. */
export function environmentOf(run: ActiveRun): Record<string, string> {
  const { project, claim, role, id } = run;
  const { folder, resultFile, promptFile, isolation } = run.workplace!;
  return agentEnvironment({
    variables: project.system.environment.variables,
    allow: claim.snapshot.config.env,
    run: id,
    task: claim.task.id,
    role: role.name,
    worktree: folder,
    branch: claim.branch,
    resultFile,
    promptFile,
    // Where it is isolated there is nothing at that path.
    home: project.repository.bare || isolation !== 'none' ? null : project.repository.root,
  });
}
