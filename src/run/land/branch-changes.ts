import type { BranchChange } from '../../plan/branch-changes.ts';
import type { Project } from '../project/project.ts';

/** Every path that landing a candidate would change, without looking into files. */
export async function readBranchChanges(
  { system, neutral }: Project,
  main: string,
  candidate: string,
): Promise<BranchChange[]> {
  const args = ['diff-tree', '-r', '-z', '--name-status', '-M', '-l400', main, candidate];
  const parts = (await system.git.text(neutral.place, args)).split('\0');
  const changes: BranchChange[] = [];
  for (let at = 0; at + 1 < parts.length; ) {
    const letter = parts[at]!.charAt(0);
    const moved = letter === 'R' || letter === 'C';
    const status = STATUS[letter] ?? 'modified';
    changes.push({
      status,
      path: parts[at + (moved ? 2 : 1)]!,
      from: letter === 'R' ? parts[at + 1]! : null,
    });
    at += moved ? 3 : 2;
  }
  return changes;
}

const STATUS: Readonly<Record<string, BranchChange['status'] | undefined>> = {
  A: 'added',
  C: 'added',
  D: 'deleted',
  R: 'renamed',
};
