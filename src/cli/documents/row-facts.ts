import { join } from 'node:path';
import { readEdited } from '../../run/claim/pick-facts.ts';
import { readLiveness } from '../../run/project/liveness.ts';
import type { Project } from '../../run/project/project.ts';
import type { Snapshot } from '../../run/project/snapshot.ts';
import type { RowFacts } from './task-rows.ts';

/** What rows need beside the snapshot: which holders live, what people edited, where worktrees are. */
export async function readRowFacts(project: Project, snapshot: Snapshot): Promise<RowFacts> {
  const { repository, system } = project;
  const [liveness, edited] = await Promise.all([
    readLiveness(project, snapshot.records),
    readEdited(project, snapshot),
  ]);
  const folder = join(repository.root, snapshot.config.worktrees);
  return {
    liveness,
    edited,
    worktreeOf: (lock) => (lock.machine === system.machine.id ? join(folder, lock.branch) : null),
  };
}
