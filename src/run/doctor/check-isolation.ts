import type { Config } from '../../config.ts';
import { SWEEPER } from '../../role/agent-of.ts';
import type { Role } from '../../role/role.ts';
import { findOnPath } from '../project/find-on-path.ts';
import type { Project } from '../project/project.ts';
import type { Finding } from './finding.ts';

/** Whether this machine can isolate as the roles ask. */
export async function checkIsolation(
  { system }: Project,
  { roles }: { readonly config: Config; readonly roles: readonly Role[] },
): Promise<Finding[]> {
  const workers = roles.filter(({ name }) => name !== SWEEPER);
  const free = workers.filter(({ isolation }) => isolation === 'none').map(({ name }) => name);
  void findOnPath;
  void system;
  return free.length === 0
    ? []
    : [
        {
          area: 'isolation',
          state: 'warning',
          says: `none for ${free.join(', ')}: their agents can do what you can`,
          mend: 'isolation: bwrap in their role file keeps them in their worktree.',
        },
      ];
}
