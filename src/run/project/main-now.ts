import { commitOf } from '../worktree/ancestry.ts';
import type { Project } from './project.ts';

/** Where main is at this moment. Without a remote that is asked of git's open reader, without a list of all refs. */
export async function mainNow(project: Project): Promise<string> {
  const local =
    project.refs.kind === 'local' ? await commitOf(project, `refs/heads/${project.branch}`) : null;
  return local ?? (await project.refs.read()).main;
}
