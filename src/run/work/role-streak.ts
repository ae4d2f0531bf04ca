import { activePause } from '../../plan/streak.ts';
import { noteRun } from '../streak/streak-store.ts';
import { fileTrouble } from '../usage/file-trouble.ts';
import type { ActiveRun, Ending } from './active-run.ts';

/**
 * Counts how the run ended for its role on this machine: one that does not land again and again pauses itself, and is told so;
 * one that lands goes on. That it cannot be noted does not change how the run ended.
 */
export async function noteRoleStreak(run: ActiveRun, ending: Ending): Promise<void> {
  const { project, role, id, claim } = run;
  const { outcome, reason, failure = null, spent = null } = ending;
  try {
    const { before, after } = await noteRun(project, role.name, {
      ...{ run: id, task: claim.task.id, outcome, reason },
      ...{ failure: failure?.kind ?? null, retryAfter: failure?.retryAfter ?? null, spent: spent !== null },
    });
    const now = project.system.clock.now();
    const pause = activePause(after, now);
    if (pause !== null && after !== before) {
      const until = pause.until === null ? '' : ` until ${pause.until.slice(0, 16).replace('T', ' ')} UTC`;
      const message = `role ${role.name} pauses itself on this machine${until}: ${pause.reason}; rota resume ${role.name} lifts that`;
      run.tell({ type: 'notice', level: 'warning', message });
    }
    if (after === null && activePause(before, now) !== null) {
      const message = `role ${role.name} is not paused any more: ${claim.task.id} ${outcome}`;
      run.tell({ type: 'notice', level: 'info', message });
    }
  } catch (error) {
    const why = fileTrouble(error);
    if (why === null) throw error;
    const message = `how the run ended could not be counted for role ${role.name}: ${why}`;
    run.tell({ type: 'notice', level: 'warning', message });
  }
}
