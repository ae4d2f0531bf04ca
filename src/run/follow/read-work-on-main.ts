import type { WorkOnMain } from '../../plan/merged-branch.ts';
import { treeOf } from '../../store/tree-of.ts';
import { mergeTrees } from '../land/merge-trees.ts';
import type { Project } from '../project/project.ts';
import { commitOf, isAncestor } from '../worktree/ancestry.ts';

/** The newest commits of main that may be the squashed one. */
const MOST = 100;

export interface WorkQuestion {
  readonly main: string;
  /** The newest commit of the work. */
  readonly head: string;
  /** The task's file on main; null: there is none any more, and only main's tip is looked at. */
  readonly file: string | null;
  /** Merging writes objects; false: only main's history is looked at. */
  readonly merges: boolean;
}

/**
 * What git says: whether main has these commits, or has made them into others. The final form of proposed work changes the file
 * of its task, so only commits of main that do so too can be the squash of it, or the last of its commits made again; merging the branch
 * into that commit adds nothing.
 */
export async function readWorkOnMain(
  project: Project,
  { main, head, file, merges }: WorkQuestion,
): Promise<WorkOnMain> {
  if ((await commitOf(project, head)) === null) return 'unknown';
  if (await isAncestor(project, head, main)) return 'in-history';
  if (!merges) return 'not-there';
  const commits = file === null ? [main] : await commitsThatTouch(project, main, head, file);
  for (const commit of commits) if (await addsNothing(project, commit, head)) return 'adds-nothing';
  return 'not-there';
}

async function commitsThatTouch(
  { system, neutral }: Project,
  main: string,
  head: string,
  file: string,
): Promise<string[]> {
  const args = ['rev-list', `--max-count=${MOST}`, main, `^${head}`, '--', `:(literal)${file}`];
  const found = (await system.git.text(neutral.place, args)).split('\n').filter((line) => line !== '');
  // The rest of it may have come later.
  return found.length === 0 ? [] : [...new Set([main, ...found])];
}

async function addsNothing(project: Project, commit: string, head: string): Promise<boolean> {
  const { tree, conflicts } = await mergeTrees(project, commit, head);
  return conflicts.length === 0 && tree === (await treeOf(project, commit));
}
