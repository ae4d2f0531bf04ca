import type { Role } from '../role/role.ts';
import { pathRules } from './contract-paths.ts';
import { isGitPath } from './git-path.ts';

/**
 * Whether a role's contract lets its agent change a path while it works: what the contract would hold or refuse at the end
 * because of the path alone is not begun. The file of the run's own task is free, for its body is.
 *
 * @param context rota.yaml's files that are put before every prompt
 */
export function editablePaths(
  role: Role,
  context: readonly string[],
  ownTask: string,
): (path: string) => boolean {
  const rules = pathRules(role, context);
  return (path) =>
    path === ownTask || (path !== '' && !isGitPath(path) && rules(modified(path)).length === 0);
}

/** Only its path counts. */
function modified(path: string): Parameters<ReturnType<typeof pathRules>>[0] {
  return {
    path,
    status: 'modified',
    from: null,
    oldMode: null,
    newMode: null,
    oldText: null,
    newText: null,
    newBinary: null,
    oldSize: null,
    newSize: null,
    added: null,
    removed: null,
    unread: false,
  };
}
