import { join } from 'node:path';
import { isDead } from '../../store/home/owner.ts';
import { parseTaskId } from '../../task/id.ts';
import { livenessOf } from '../project/liveness.ts';
import { type RunFacts, readRunFacts, runsFolder } from '../project/run-folder.ts';
import type { Snapshot } from '../project/snapshot.ts';
import { listWorktrees, type RegisteredWorktree } from '../worktree/list-worktrees.ts';
import { removeWorktree } from '../worktree/remove-worktree.ts';
import { taskOfBranch } from '../worktree/worktree.ts';
import { endDeadRun } from './end-dead-run.ts';
import type { Sweeping } from './sweeping.ts';

/**
 * Removes the worktrees of runs that are over, where nothing is lost by it, and names those that stay with the reason. Those
 * of live runs are not mentioned.
 */
export async function sweepWorktrees(sweeping: Sweeping, snapshot: Snapshot): Promise<void> {
  const { system, repository } = sweeping.project;
  for (const worktree of await listWorktrees(system, repository)) {
    if (worktree.marker !== null && worktree.path !== null)
      await sweepWorktree(sweeping, snapshot, worktree, worktree.path, worktree.marker.run);
  }
}

async function sweepWorktree(
  sweeping: Sweeping,
  snapshot: Snapshot,
  worktree: RegisteredWorktree,
  path: string,
  run: string,
): Promise<void> {
  const { project, options, add } = sweeping;
  const facts = await readRunFacts(project.system, project.repository, run);
  const lock = await lockOf(sweeping, snapshot, facts, run);
  const runState = await stateOf(sweeping, facts);
  if (runState === 'running' && lock !== 'dead') return;
  if (facts !== null && facts.ended === null && !options.dryRun) {
    const { alive } = await endDeadRun(project, facts, snapshot.view.main);
    const reason = `its agent cannot be ended: process ${alive.join(', ')}`;
    if (alive.length > 0)
      return add('kept', { task: facts.task, branch: facts.branch, worktree: path, reason }, run);
  }
  const branch = facts?.branch ?? worktree.branches[0] ?? '';
  const task = facts?.task ?? taskOfBranch(branch);
  const key = parseTaskId(task);
  const done = await removeWorktree(project, {
    task: key ?? taskOfBranch(branch),
    worktree: { path, adminDir: worktree.adminDir, branch, base: facts?.base ?? null },
    provisionedFile: join(runsFolder(project.repository), run, 'provisioned.jsonl'),
    disposable: snapshot.config.disposable,
    landed: null,
    ...{ run, runState, lock, discard: key !== null && key === options.discard, dryRun: options.dryRun },
  });
  if (done.already) return;
  const entry = { task, branch: branch === '' ? null : branch, worktree: path, rescue: done.rescued };
  if (done.rescued !== null)
    add('rescued', { ...entry, reason: `what was left in it is kept as ${done.rescued}` }, run);
  const would = options.dryRun && done.removed ? '; it would be removed' : '';
  add(done.removed ? 'removed' : 'kept', { ...entry, reason: `${done.reason}${would}` }, run);
}

/** Of the task's record, if it names this run. */
async function lockOf(
  { project }: Sweeping,
  { records }: Snapshot,
  facts: RunFacts | null,
  run: string,
): Promise<'none' | 'live' | 'dead' | 'unknown'> {
  const held = [...records.values()].find(
    ({ record }) => record?.lock?.run === run && record.state !== 'reserved',
  );
  if (held?.record?.lock) return livenessOf(project, held.record.lock, null);
  // A record that cannot be read might be this run's.
  const key = facts === null ? null : parseTaskId(facts.task);
  return key !== null && records.get(key)?.record === null ? 'unknown' : 'none';
}

/** Without notes of the run its lock is all that is known, and it has none. */
async function stateOf({ project }: Sweeping, facts: RunFacts | null): Promise<'over' | 'running'> {
  if (facts === null || facts.ended !== null) return 'over';
  return (await isDead(project.system, facts)) ? 'over' : 'running';
}
