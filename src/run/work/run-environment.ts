import { agentEnvironment } from '../../isolate/agent-environment.ts';
import type { ActiveRun } from './active-run.ts';

/** The complete environment of setup and agent. */
export function environmentOf(run: ActiveRun): Record<string, string> {
  const { project, claim, folder, role, id } = run;
  return agentEnvironment({
    variables: project.system.environment.variables,
    allow: claim.snapshot.config.env,
    run: id,
    task: claim.task.id,
    role: role.name,
    worktree: run.worktree!.path,
    branch: claim.branch,
    resultFile: folder.resultFile,
    promptFile: folder.file('prompt.md'),
    home: project.repository.bare ? null : project.repository.root,
  });
}
