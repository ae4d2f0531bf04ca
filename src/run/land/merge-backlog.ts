import { RotaError } from '../../errors.ts';
import { readFilesAt } from '../../store/backlog/read-text.ts';
import { editTask } from '../../task/edit.ts';
import { mergeTaskFiles } from '../../task/merge.ts';
import type { Project } from '../project/project.ts';
import type { Sides } from './sides.ts';

/** Task files that both sides changed since they parted, merged by key and line. */
export async function mergeBacklog(
  project: Project,
  { base, main, tip }: Sides,
): Promise<{ texts: Map<string, string>; conflicts: string[] }> {
  const texts = new Map<string, string>();
  const conflicts: string[] = [];
  if (base === null) return { texts, conflicts };
  const theirs = await changedTaskFiles(project, base, tip);
  if (theirs.length === 0) return { texts, conflicts };
  const ours = new Set(await changedTaskFiles(project, base, main));
  const both = theirs.filter((path) => ours.has(path));
  if (both.length === 0) return { texts, conflicts };
  const [atBase, atMain, atTip] = await Promise.all(
    [base, main, tip].map((at) => readFilesAt(project.system, project.repository, at, both)),
  );
  for (const path of both) {
    const [mine, other] = [atMain!.get(path), atTip!.get(path)];
    // One side deleted it: git reports that as a conflict, or both did and there is nothing to merge.
    if (mine === undefined || other === undefined) continue;
    const known = atBase!.get(path)?.toString('utf8') ?? null;
    const result = mergeTaskFiles({
      base: known === null ? null : withoutLock(known),
      ours: mine.toString('utf8'),
      theirs: withoutLock(other.toString('utf8')),
    });
    if (result.kind === 'merged') texts.set(path, result.text);
    else conflicts.push(path);
  }
  return { texts, conflicts };
}

/** Who holds a task is said on main alone: a block in a branch is from when it was made, and main may have been rewritten since. */
function withoutLock(text: string): string {
  try {
    return editTask(text, { lock: undefined });
  } catch (error) {
    if (error instanceof RotaError) return text;
    throw error;
  }
}

async function changedTaskFiles(project: Project, from: string, to: string): Promise<string[]> {
  const args = ['diff-tree', '-r', '-z', '--name-only', '--no-renames', from, to, '--', 'backlog'];
  const listed = await project.system.git.text(project.neutral.place, args);
  return listed.split('\0').filter((path) => path.endsWith('.md'));
}
