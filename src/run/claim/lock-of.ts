import type { LockRecord } from '../../plan/record.ts';
import type { Role } from '../../role/role.ts';
import type { Project } from '../project/project.ts';

/** The lock of a run of this process: who holds it, and what proves that the holder is dead once it is. */
export function lockOf(
  project: Project,
  { run, role }: { run: string; role: Pick<Role, 'name'> },
  branch: string,
): LockRecord {
  const { machine, environment, clock } = project.system;
  return {
    run,
    role: role.name,
    by: environment.by,
    host: machine.host,
    machine: machine.id,
    pidNamespace: machine.pidNamespace,
    boot: machine.boot,
    pid: machine.pid,
    started: machine.started,
    pgid: null,
    branch,
    since: clock.now().toISOString(),
  };
}
