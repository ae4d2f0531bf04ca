import { taskKey } from '../../task/id.ts';
import { readContract } from '../land/read-contract.ts';
import { readSides } from '../land/sides.ts';
import type { Project } from '../project/project.ts';
import { readSnapshot } from '../project/snapshot.ts';
import { pushBranch } from '../work/push-branch.ts';
import { taskOfBranch } from '../worktree/worktree.ts';
import { unpushedBranches } from './unpushed-branches.ts';

/**
 * Puts branches on the remote that a dead worker did not: those that keep to their role's contract, of tasks that nobody has.
 * What breaks it, a secret perhaps, stays on this machine.
 */
export async function pushBranches(project: Project): Promise<void> {
  const unpushed = await unpushedBranches(project);
  if (unpushed.length === 0) return;
  const { backlog, records, roles, config, view } = await readSnapshot(project, false);
  for (const { branch, tip } of unpushed) {
    const key = taskKey(taskOfBranch(branch));
    const [, name] = branch.split('/');
    const task = backlog.byKey.get(key);
    const role = roles.find((one) => one.name === name);
    const held = records.get(key);
    const busy = held !== undefined && (held.record === null || held.record.lock !== null);
    if (task === undefined || role === undefined || busy) continue;
    const { publish = null, proposal = null } = held?.record ?? {};
    const sides = await readSides(project, view.main, tip);
    const wish = { role, task, config, sides, publish, proposal };
    if ((await readContract(project, wish)).length === 0) await pushBranch(project, branch);
  }
}
