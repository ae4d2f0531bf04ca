import { RotaError } from '../../errors.ts';
import { landWaiting } from '../land/land-waiting.ts';
import { waitsUnchanged } from '../land/waits-unchanged.ts';
import type { Snapshot } from '../project/snapshot.ts';
import type { Sweeping } from './sweeping.ts';

/** Lands gated work that could not land before, if the gate still holds and the task asks for the same. */
export async function landWhatWaits({ project, options, add }: Sweeping, snapshot: Snapshot): Promise<void> {
  for (const [key, { record }] of snapshot.records) {
    const waiting = record?.state === 'waiting' && record.lock === null ? record.waiting : null;
    if (record === null || waiting === null) continue;
    const about = { task: record.task };
    if (!(await waitsUnchanged(project, snapshot, key, waiting))) {
      add('kept', {
        ...about,
        reason: `gated, waiting to land (${waiting.reason}); main or the task moved on, so the next run gates it again`,
      });
      continue;
    }
    if (options.dryRun) {
      add('landed', { ...about, reason: 'gated, waiting to land; it would be landed' });
      continue;
    }
    try {
      const result = await landWaiting(project, snapshot, key, options.stop);
      const { branch = null, worktree = null } = result ?? {};
      if (result?.outcome === 'landed')
        add('landed', { ...about, branch, worktree, reason: `waited because ${waiting.reason}` });
      else
        add('kept', {
          ...about,
          branch,
          worktree,
          reason: `waits to land: ${result?.reason ?? waiting.reason}`,
        });
    } catch (error) {
      if (!(error instanceof RotaError)) throw error;
      add('kept', { ...about, reason: `waits to land: ${error.message}` });
    }
  }
}
