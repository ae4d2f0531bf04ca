import type { LockRecord } from '../../plan/record.ts';
import { parseTaskId } from '../../task/id.ts';
import type { TaskKey } from '../../task/task.ts';
import type { Project } from './project.ts';
import { readRunFacts, runsFolder } from './run-folder.ts';

/**
 * Tasks that runs other than `run` had since it began, as far as this repository knows: locks in these records, and the folders
 * of runs that began later (ids sort by time).
 *
 * @param tokens of records as they were at some time
 */
export async function tasksOfOthers(
  project: Project,
  run: string,
  tokens: readonly string[],
): Promise<Set<TaskKey>> {
  const { system, repository, records } = project;
  const found = new Set<TaskKey>();
  const note = (task: string) => {
    const key = parseTaskId(task);
    if (key !== null) found.add(key);
  };
  for (const token of tokens) {
    const { record } = await records.readOne(token);
    const lock = record?.lock ?? null;
    if (record !== null && lock !== null && lock.run !== run && (await isRun(project, lock)))
      note(record.task);
  }
  for (const { name } of await system.files.list(runsFolder(repository))) {
    if (name <= run) continue;
    const facts = await readRunFacts(system, repository, name);
    if (facts !== null) note(facts.task);
  }
  return found;
}

/** A lock of this machine without a folder of its run is nobody's. */
async function isRun({ system, repository }: Project, { machine, run }: LockRecord): Promise<boolean> {
  return machine !== system.machine.id || (await readRunFacts(system, repository, run)) !== null;
}
