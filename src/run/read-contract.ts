import type { ContractFinding } from '../plan/changed-file.ts';
import { checkContract } from '../plan/contract.ts';
import type { Role } from '../role/role.ts';
import type { Task } from '../task/task.ts';
import { readChangedFiles } from './changed-files.ts';
import type { Project } from './project.ts';

/** What a branch did, since it parted from main, that its role's contract does not allow. */
export async function readContract(
  project: Project,
  { role, task, main, tip }: { role: Role; task: Task; main: string; tip: string },
): Promise<ContractFinding[]> {
  const args = ['merge-base', main, tip];
  const bases = await project.system.git.text(project.neutral.place, args, { ok: [0, 1] });
  const base = bases.split('\n')[0];
  // Unrelated history: everything that the branch has is its change.
  const files = await readChangedFiles(project, base === undefined || base === '' ? main : base, tip);
  return checkContract({ role, task, files });
}
