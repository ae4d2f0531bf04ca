import { send } from '../project/actor.ts';
import type { Project } from '../project/project.ts';
import { writeGateNote } from './gate-note.ts';
import type { LandingEnd, LandingWork } from './landing-work.ts';

/**
 * Gated work that cannot go on now waits, and the gate need not run again for it. It waits whatever becomes of the note about
 * the gate: without one the gate runs again before it lands.
 */
export async function putOff(
  project: Project,
  { role, lock }: LandingWork,
  { commit, base, reason }: { readonly commit: string; readonly base: string; readonly reason: string },
): Promise<LandingEnd> {
  try {
    await writeGateNote(project, { task: lock.key, commit, base });
  } catch (error) {
    const message = `that the gate was green could not be noted: ${(error as Error).message}`;
    const origin = { role: role.name, task: lock.record.task, run: lock.run };
    send(project, origin, { type: 'notice', level: 'warning', message });
  }
  const since = project.system.clock.now().toISOString();
  return { kind: 'waiting', checks: [], waiting: { commit, base, reason, since } };
}
