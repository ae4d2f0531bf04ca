import { agentEnvironment } from '../../isolate/agent-environment.ts';
import type { ActiveRun } from './active-run.ts';

/** The complete environment of setup and agent. */
export function environmentOf(run: ActiveRun): Record<string, string> {
  const { project, claim, role, id } = run;
  const { folder, resultFile, promptFile } = run.workplace!;
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
    home: project.repository.bare ? null : project.repository.root,
  });
}
