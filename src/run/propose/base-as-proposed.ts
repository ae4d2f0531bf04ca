import type { ProposedWork } from '../../plan/record.ts';
import { readFilesAt } from '../../store/backlog/read-text.ts';
import { makeCommit, type TreeChange } from '../../store/make-commit.ts';
import { editTask } from '../../task/edit.ts';
import { parseTaskFile } from '../../task/parse.ts';
import type { Task } from '../../task/task.ts';
import { isDraft } from '../land/is-draft.ts';
import type { Project } from '../project/project.ts';
import { commitOf, isAncestor } from '../worktree/ancestry.ts';

interface Wish {
  readonly task: Task;
  readonly tip: string;
  readonly proposal: ProposedWork | null;
}

/**
 * Where a branch parted from main, with what rota itself has written into the branch since: the final form of a task whose
 * request went back to the agent. What the agent is judged for is the difference to that. The record says which commit it is, and
 * anybody may have written that: only what a final form may have counts.
 */
export async function baseAsProposed(
  project: Project,
  base: string,
  { task, tip, proposal }: Wish,
): Promise<string> {
  if (proposal === null || (await commitOf(project, proposal.head)) === null) return base;
  const { head } = proposal;
  if (!(await isAncestor(project, head, tip)) || (await isAncestor(project, head, base))) return base;
  const closed = await closedFile(project, base, head, task);
  const changes = [...closed, ...(await addedFiles(project, base, head))];
  if (changes.length === 0) return base;
  const { system, neutral, identity } = project;
  const message = 'rota: where the branch parted, with its final form\n';
  return makeCommit(system, neutral.place, { tree: null, parents: [base], changes, message, identity });
}

/** The task's own file: closed, or put off until the time that the final form says. */
async function closedFile(project: Project, base: string, head: string, task: Task): Promise<TreeChange[]> {
  const { system, repository } = project;
  const [before, after] = await Promise.all(
    [base, head].map(async (at) => (await readFilesAt(system, repository, at, [task.file])).get(task.file)),
  );
  if (before === undefined || after === undefined) return [];
  const parsed = parseTaskFile(task.file, after);
  if (parsed.kind !== 'task' || parseTaskFile(task.file, before).kind !== 'task') return [];
  const { status, notBefore } = parsed.task;
  const text = before.toString('utf8');
  if (task.repeat === null)
    return status === 'done'
      ? [{ path: task.file, content: editTask(text, { status: 'done', lock: undefined }) }]
      : [];
  if (notBefore === null) return [];
  const later = { status: 'ready', lock: undefined, 'not-before': notBefore };
  return [{ path: task.file, content: editTask(text, later) }];
}

/** Files of proposed tasks: in that commit, and neither before it nor where the branch parted. */
async function addedFiles(project: Project, base: string, head: string): Promise<TreeChange[]> {
  const { system, repository, neutral } = project;
  const args = ['diff-tree', '-r', '-z', '--name-only', '--no-renames', '--diff-filter=A'];
  const list = async (from: string) =>
    (await system.git.text(neutral.place, [...args, from, head, '--', 'backlog']))
      .split('\0')
      .filter((path) => path.endsWith('.md'));
  const [first, later] = [await list(base), new Set(await list(`${head}^1`))];
  const paths = first.filter((path) => later.has(path));
  if (paths.length === 0) return [];
  const texts = await readFilesAt(system, repository, head, paths);
  return [...texts].map(([path, content]) => ({ path, content })).filter(isDraft);
}
