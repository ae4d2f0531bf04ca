import { join } from 'node:path';
import { isDead } from '../../store/home/owner.ts';
import { parseTaskId } from '../../task/id.ts';
import type { TaskKey } from '../../task/task.ts';
import type { Project } from '../project/project.ts';
import { type RunFacts, readRunFacts, runsFolder } from '../project/run-folder.ts';

/** A run of this machine that has not ended, and whose worker is not proven dead. */
export interface RunningRun {
  readonly facts: RunFacts;
  readonly folder: string;
}

/**
 * The runs that are going on here, oldest first.
 *
 * @param task only its runs; null: all
 * @param known folders that need not be looked at; those that are over are added
 */
export async function findRunning(
  project: Project,
  task: TaskKey | null,
  known: Set<string>,
): Promise<RunningRun[]> {
  const { system, repository } = project;
  const parent = runsFolder(repository);
  const names = (await system.files.list(parent)).filter(({ kind }) => kind === 'folder');
  const found: RunningRun[] = [];
  for (const { name } of names.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    if (known.has(name)) continue;
    const facts = await readRunFacts(system, repository, name);
    // Just being made, or damaged.
    if (facts === null) continue;
    if (facts.ended !== null || (await isDead(system, facts))) known.add(name);
    else if (task === null || parseTaskId(facts.task) === task)
      found.push({ facts, folder: join(parent, name) });
  }
  return found;
}
