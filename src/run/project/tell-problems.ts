import { readBacklog } from '../../store/backlog/read-backlog.ts';
import type { Settings } from '../../store/backlog/read-settings.ts';
import { send } from './actor.ts';
import type { Project } from './project.ts';
import { readRepositoryLimits } from './repository-limits.ts';

const NOBODY = { role: null, task: null, run: null };
/** More would hide the work itself; `rota check` names them all. */
const MOST = 20;

/**
 * Says what this round of work leaves out: roles and task files that cannot be read, and what of the repository rota's
 * worktrees are made without. The others go on.
 */
export async function tellProblems(
  project: Project,
  main: string,
  settings: Pick<Settings, 'problems'>,
): Promise<void> {
  const [{ problems }, limits] = await Promise.all([
    readBacklog(project.system, project.repository, main, project.cache),
    readRepositoryLimits(project, main),
  ]);
  const all = [...settings.problems, ...problems];
  const told = all.slice(0, MOST).map(({ file, line, message }) => `left out: ${file}:${line}: ${message}`);
  if (all.length > MOST) told.push(`${all.length - MOST} more are left out: rota check names them`);
  for (const message of [...told, ...limits])
    send(project, NOBODY, { type: 'notice', level: 'warning', message });
}
