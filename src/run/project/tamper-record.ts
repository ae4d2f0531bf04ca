import { isDeepStrictEqual } from 'node:util';
import type { TaskRecord } from '../../plan/record.ts';
import type { HeldLock } from '../claim/held-lock.ts';
import type { Project } from './project.ts';

/**
 * Whether somebody rewrote the run's own record under its lock, in a sentence. A person may take the lock away, and an edit of the
 * task brings the record's hash along; everything else in it is this run's to write.
 */
export async function compareOwnRecord(project: Project, lock: HeldLock): Promise<string[]> {
  for (let looks = 0; ; looks++) {
    const { tasks } = await project.refs.read();
    const token = tasks.get(lock.key);
    if (token === undefined || token === lock.token) return [];
    const { record } = await project.records.readOne(token);
    if (record?.lock?.run !== lock.run) return [];
    const changed = changedKeys(lock.record, record);
    if (changed.length === 0) return [];
    // A renewal of our own may be under way: ref and memory do not change in one step.
    if (looks === 4)
      return [
        `while the agent worked, this run's record was rewritten by somebody else: ${changed.join(', ')}`,
      ];
    await project.system.clock.wait(20);
  }
}

function changedKeys(mine: TaskRecord, theirs: TaskRecord): string[] {
  const keys = Object.keys(mine) as (keyof TaskRecord)[];
  return keys.filter((key) => key !== 'of' && !isDeepStrictEqual(mine[key], theirs[key]));
}
