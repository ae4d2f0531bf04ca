import { plainText } from '../../task/text.ts';
import { isNoted } from '../land/gate-note.ts';
import { landWaiting } from '../land/land-waiting.ts';
import { waitsUnchanged } from '../land/waits-unchanged.ts';
import type { Snapshot } from '../project/snapshot.ts';
import { failureOf } from './failure.ts';
import type { Sweeping } from './sweeping.ts';

/** Lands gated work that could not land before, if the gate still holds and the task asks for the same. */
export async function landWhatWaits({ project, options, add }: Sweeping, snapshot: Snapshot): Promise<void> {
  for (const [key, { record }] of snapshot.records) {
    const waiting = record?.state === 'waiting' && record.lock === null ? record.waiting : null;
    if (record === null || waiting === null) continue;
    const about = { task: record.task };
    if (!(await isNoted(project, key, waiting))) {
      const why = 'no note of this machine says that its gate was green, so the next run gates it again';
      add('kept', { ...about, reason: `waiting to land (${plainText(waiting.reason)}); ${why}` });
      continue;
    }
    try {
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
      const result = await landWaiting(project, snapshot, key, options.stop);
      const { branch = null, worktree = null } = result ?? {};
      if (result?.outcome === 'landed')
        add('landed', { ...about, branch, worktree, reason: `waited because ${waiting.reason}` });
      else if (result?.outcome === 'proposed')
        add('followed', { ...about, branch, worktree, reason: `proposed: ${result.pr ?? result.reason}` });
      else
        add('kept', {
          ...about,
          branch,
          worktree,
          reason: `waits to land: ${result?.reason ?? waiting.reason}`,
        });
    } catch (error) {
      add('kept', { ...about, reason: `waits to land: ${failureOf(error)}` });
    }
  }
}
