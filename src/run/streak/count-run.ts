import type { RotaEvent } from '../../events.ts';
import { activePause, type EndedRun } from '../../plan/streak.ts';
import type { Project } from '../project/project.ts';
import { fileTrouble } from '../usage/file-trouble.ts';
import { noteRun } from './streak-store.ts';

/**
 * Counts how a run ended for its role on this machine: one that does not land again and again pauses itself, and that is told;
 * one that lands goes on. That it cannot be noted does not change how the run ended.
 */
export async function countRun(
  project: Project,
  role: string,
  ended: EndedRun,
  tell: (event: RotaEvent) => void,
): Promise<void> {
  try {
    const { before, after } = await noteRun(project, role, ended);
    const now = project.system.clock.now();
    const pause = activePause(after, now);
    if (pause !== null && after !== before) {
      const until = pause.until === null ? '' : ` until ${pause.until.slice(0, 16).replace('T', ' ')} UTC`;
      const message = `role ${role} pauses itself on this machine${until}: ${pause.reason}; rota resume ${role} lifts that`;
      tell({ type: 'notice', level: 'warning', message });
    }
    if (after === null && activePause(before, now) !== null) {
      const message = `role ${role} is not paused any more: ${ended.task} ${ended.outcome}`;
      tell({ type: 'notice', level: 'info', message });
    }
  } catch (error) {
    const why = fileTrouble(error);
    if (why === null) throw error;
    const message = `how the run ended could not be counted for role ${role}: ${why}`;
    tell({ type: 'notice', level: 'warning', message });
  }
}
