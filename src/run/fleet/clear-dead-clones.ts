import { join } from 'node:path';
import { RotaError } from '../../errors.ts';
import type { Emit } from '../../events.ts';
import { inQueue } from '../../system/mutex.ts';
import type { System } from '../../system/ports.ts';
import { holderIsDead, holderName } from '../gate/holder.ts';
import { openProject } from '../project/open-project.ts';
import type { Project } from '../project/project.ts';
import { sweep } from '../sweep/sweep.ts';
import { removeClone } from './clone-for-worker.ts';
import { onlyHere } from './only-here.ts';
import { pushBranches } from './push-branches.ts';
import { ownerFileOf, workerClonesFolder } from './worker-clones.ts';

/** A clone of a worker that has ended without removing it. */
export interface DeadClone {
  readonly clone: string;
  /** What only it has; it is gone when there is nothing. */
  readonly kept: readonly string[];
}

/** Another worker that begins now looks at the same clones. */
const PATIENCE = 10_000;
const SWEEP = { dryRun: false, discard: null, only: 'this-machine' } as const;

/**
 * Ends what `rota worker` left on this machine when it was killed: its agent goes, its lock is given back, its work is put on
 * the remote and the clone is removed. A clone with something that cannot be there stays. Clones of other containers, whose
 * processes cannot be seen, are left alone.
 */
export async function clearDeadClones(system: System, emit: Emit): Promise<DeadClone[]> {
  const folder = workerClonesFolder(system);
  const found = (await system.files.list(folder)).map(({ name }) => name).toSorted();
  const dead: DeadClone[] = [];
  for (const name of found) {
    if (!name.endsWith(OWNER)) continue;
    const clone = join(folder, name.slice(0, -OWNER.length));
    if (!(await take(system, clone))) continue;
    const kept = await clear(system, clone, emit);
    if (kept.length > 0) dead.push({ clone, kept });
  }
  return dead;
}

const OWNER = ownerFileOf('');

/** Writes this process in as the owner, if the one before is dead. */
async function take(system: System, clone: string): Promise<boolean> {
  const { files } = system;
  const isDead = async () => {
    const owner = (await files.readIfThere(ownerFileOf(clone)))?.toString('utf8').trim();
    return owner !== undefined && holderIsDead(system, owner);
  };
  if (!(await isDead())) return false;
  return inQueue(files, join(workerClonesFolder(system), '.queue'), PATIENCE, async () => {
    if (!(await isDead())) return false;
    await files.writeWhole(ownerFileOf(clone), `${holderName(system)}\n`);
    return true;
  });
}

async function clear(system: System, clone: string, emit: Emit): Promise<readonly string[]> {
  // It died before it worked: there is nothing yet.
  if ((await system.files.facts(join(clone, 'rota'))) === null) {
    await removeClone(system, clone);
    return [];
  }
  try {
    const project = await openProject(system, clone, emit, 'write');
    const kept = await settle(project).finally(() => project.close());
    if (kept.length > 0) return kept;
    await system.files.removeTree(project.repository.cacheDir);
    await removeClone(system, clone);
    return [];
  } catch (error) {
    if (!(error instanceof RotaError)) throw error;
    return [`what its worker left: ${error.message}`];
  }
}

async function settle(project: Project): Promise<string[]> {
  await sweep(project, SWEEP);
  await pushBranches(project);
  // What is on the remote by now keeps no worktree.
  await sweep(project, SWEEP);
  return onlyHere(project);
}
