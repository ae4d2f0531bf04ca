import type { HeldRecord } from '../../plan/record.ts';
import { readLiveness } from '../../run/project/liveness.ts';
import { readMachine } from '../../system/machine.ts';
import { realProcessTable } from '../../system/process-table.ts';
import type { TaskKey } from '../../task/task.ts';
import type { Look } from './look.ts';

/** What this machine says about the locks' holders now. */
export async function hereAndNow(
  records: ReadonlyMap<TaskKey, HeldRecord>,
): Promise<Pick<Look, 'liveness' | 'machine'>> {
  const machine = readMachine(process.pid);
  const system = { machine, processTable: realProcessTable(process.platform) };
  return { liveness: await readLiveness({ system }, records), machine: machine.id };
}
