import { RotaError } from '../../errors.ts';
import { findRole } from '../../role/find-role.ts';
import { PAUSE_REF, type Pause, writePause } from '../../store/records/pause.ts';
import type { Project } from '../project/project.ts';
import { readSnapshot } from '../project/snapshot.ts';

const TRIES = 10;

/**
 * Pauses or resumes one role, or all of them (`given` null): nobody picks a task for a paused role; running work goes on. A
 * paused role can be resumed when its file is gone, too.
 *
 * @returns what is paused now
 * @throws RotaError `usage` for a role that there is not
 */
export async function pauseRoles(project: Project, given: string | null, paused: boolean): Promise<Pause> {
  for (let tries = 0; tries < TRIES; tries++) {
    const snapshot = await readSnapshot(project, true);
    const { view, pause } = snapshot;
    const known = given === null || (!paused && pause.roles.includes(given));
    const role = known ? given : findRole(given, snapshot).name;
    const next = nextPause(pause, role, paused);
    const to = next.all || next.roles.length > 0 ? await writePause(project, next, view.pause) : null;
    if (to === view.pause) return next;
    const swapped = await project.refs.swap([{ ref: PAUSE_REF, from: view.pause, to }]);
    if (swapped.kind === 'swapped') return next;
    if (swapped.kind !== 'stale')
      throw new RotaError(
        'remote',
        `The remote did not take it: ${swapped.reason}`,
        'Run it again when it is there.',
      );
  }
  throw new RotaError('stale', `Others changed the pause ${TRIES} times meanwhile.`, 'Run it again.');
}

function nextPause({ all, roles }: Pause, role: string | null, paused: boolean): Pause {
  if (role === null) return { all: paused, roles: paused ? roles : [] };
  const others = roles.filter((name) => name !== role);
  return { all, roles: paused ? [...others, role] : others };
}
