import type { Project } from '../project/project.ts';
import { readSnapshot } from '../project/snapshot.ts';

/**
 * Whether workers of other machines were at work when the remote was last looked at, or one of them landing: a gate beside theirs
 * may well run in vain. Asks nobody. With pull requests nothing lands here.
 */
export async function othersMayLand(project: Project): Promise<boolean> {
  if (project.refs.kind === 'local') return false;
  const { view, config, records } = await readSnapshot(project, false);
  if (config.integrate === 'pr') return false;
  const { id, pidNamespace } = project.system.machine;
  const elsewhere = [...records.values()].some(({ record }) => {
    const lock = record?.lock ?? null;
    return lock !== null && (lock.machine !== id || lock.pidNamespace !== pidNamespace);
  });
  return elsewhere || (view.landing ?? null) !== null;
}
