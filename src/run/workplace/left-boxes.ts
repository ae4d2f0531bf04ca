import { dirname, join } from 'node:path';
import { removeEverything } from '../gate/remove-everything.ts';
import type { Project } from '../project/project.ts';
import { runsFolder } from '../project/run-folder.ts';
import { listWorktrees } from '../worktree/list-worktrees.ts';
import { collectPrivateGit } from './collect-private-git.ts';
import { BOX, numberOf, PRIVATE_GIT, PRIVATE_REFS } from './private-git.ts';
import { readEngine, removeContainers } from './remove-containers.ts';

/** A run whose worker died while its agent was in a box, or its gate. */
export interface LeftRun {
  readonly run: string;
  /** Short name. */
  readonly branch: string;
}

/** Records name runs, and anybody may have written them. */
const RUN_ID = /^[0-9A-Za-z-]{1,64}$/;

/**
 * Takes over what its agent had committed, and then removes its box. Sentences on what a person should know; normally none.
 *
 * @throws RotaError when git or the disk fails: the box's refs are still there then
 */
export async function takeFromLeftBox(project: Project, { run, branch }: LeftRun): Promise<string[]> {
  const folder = boxOf(project, run);
  const worktrees = await listWorktrees(project.system, project.repository);
  const adminDir = worktrees.find(({ marker }) => marker?.run === run)?.adminDir ?? null;
  const { refused, noticed } = await collectPrivateGit(project, { folder, branch, adminDir });
  await removeEverything(project.system.files, folder);
  return [...refused, ...noticed];
}

/** Ends what a dead run's agent and gates have in containers: as a rule its processes are gone already, and this removes what is left. */
export async function endLeftContainers(project: Project, { run }: Pick<LeftRun, 'run'>): Promise<void> {
  if (!RUN_ID.test(run)) return;
  const { files } = project.system;
  const folder = dirname(boxOf(project, run));
  for (const { name } of await files.list(folder)) {
    const engine = isBox(name) ? await readEngine(files, join(folder, name)) : null;
    if (engine !== null) await removeContainers(project.system, engine, run);
  }
}

/** Removes its other boxes and, of one whose refs could not be taken over, the rest: copies of logins are in there. */
export async function removeLeftBoxes(project: Project, { run }: Pick<LeftRun, 'run'>): Promise<void> {
  if (!RUN_ID.test(run)) return;
  const { files } = project.system;
  const box = boxOf(project, run);
  for (const { name } of await files.list(dirname(box)))
    if (name !== BOX && isBox(name)) await removeEverything(files, join(dirname(box), name));
  for (const { name } of await files.list(box)) {
    const isGits = numberOf(name, PRIVATE_GIT) ?? numberOf(name, PRIVATE_REFS);
    if (isGits === null) await removeEverything(files, join(box, name));
  }
}

function isBox(name: string): boolean {
  return name === BOX || name.startsWith(`${BOX}-`);
}

function boxOf({ repository }: Project, run: string): string {
  return join(runsFolder(repository), run, BOX);
}
