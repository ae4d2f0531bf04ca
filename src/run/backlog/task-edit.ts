import { makeCommit, type TreeChange } from '../../store/make-commit.ts';
import type { MoveResult } from '../../store/move-main.ts';
import type { RefChange } from '../../store/shared-refs.ts';
import type { Project } from '../project/project.ts';

/** A commit of rota's on main that changes only files of the backlog. */
export interface BacklogCommit {
  readonly main: string;
  readonly changes: readonly TreeChange[];
  /** First line; ` [skip ci]` is added by the caller where it belongs. */
  readonly message: string;
}

/** Makes the commit's objects; nothing refers to it yet. */
export function makeBacklogCommit(
  project: Project,
  { main, changes, message }: BacklogCommit,
): Promise<string> {
  const { system, neutral, identity } = project;
  return makeCommit(system, neutral.place, {
    tree: null,
    parents: [main],
    changes,
    message: `${message}\n`,
    identity,
  });
}

/** Makes the commit and moves main to it, together with `refs`. */
export async function moveMainWith(
  project: Project,
  run: string,
  commit: BacklogCommit,
  refs: readonly RefChange[],
): Promise<MoveResult & { readonly commit: string }> {
  const made = await makeBacklogCommit(project, commit);
  return { ...(await project.moveMain({ run, old: commit.main, new: made, refs })), commit: made };
}
