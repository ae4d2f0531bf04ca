import { join } from 'node:path';
import { MANY_WRITERS } from '../../store/many-writers.ts';
import type { Project } from '../project/project.ts';
import type { WorktreePlace } from './worktree.ts';

/** Fills a new, empty worktree with a commit's files, through the neutral directory: no filter or hook of anybody runs. */
export async function checkOut(
  project: Project,
  { path, adminDir }: WorktreePlace,
  commit: string,
): Promise<void> {
  const place = project.neutral.at(path, join(adminDir, 'index'));
  await project.system.git.run(place, [...MANY_WRITERS, 'read-tree', '-m', '-u', commit]);
}

/** Puts an index of rota's own in place of the worktree's. Not while a git holds it: then that git's own refresh must do. */
export async function installIndex(
  project: Project,
  { adminDir }: WorktreePlace,
  file: string,
): Promise<void> {
  const { files } = project.system;
  if ((await files.facts(join(adminDir, 'index.lock'))) !== null) return;
  await files.writeWhole(join(adminDir, 'index'), await files.read(file));
}
