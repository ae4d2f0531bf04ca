import { branchOf } from '../../task/slug.ts';
import type { Task } from '../../task/task.ts';
import type { Project } from '../project/project.ts';

/**
 * The branch of a role's work on a task, short name: the one that an earlier run left, even if the title has changed
 * since, else a new name.
 */
export async function branchFor(project: Project, role: string, task: Task): Promise<string> {
  const fresh = branchOf(role, task);
  const stem = `refs/heads/ai/${role}/${task.id}`;
  // for-each-ref matches whole path parts: `A3` does not find `A32`, hence the explicit dash.
  const args = ['for-each-ref', '--format=%(refname:lstrip=2)', '--sort=-committerdate', stem, `${stem}-*`];
  const found = (await project.system.git.text(project.repository.place, args))
    .split('\n')
    .filter((name) => name !== '');
  return found.includes(fresh) ? fresh : (found[0] ?? fresh);
}
