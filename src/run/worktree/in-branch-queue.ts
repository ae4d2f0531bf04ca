import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { inQueue } from '../../system/mutex.ts';
import type { Project } from '../project/project.ts';

/** How long it is waited for one's turn, in milliseconds. */
const PATIENCE = 10_000;
const QUEUES = 64;

/**
 * Making and removing a branch's worktree take turns on this machine. It saves surprises and proves nothing: who removes looks
 * again at what was moved aside.
 */
export async function inBranchQueue<T>(
  project: Project,
  branch: string,
  action: () => Promise<T>,
): Promise<T> {
  const queue = createHash('sha256').update(branch).digest()[0]! % QUEUES;
  return inQueue(
    project.system.files,
    join(project.repository.rotaDir, 'queues', `worktree-${queue}`),
    PATIENCE,
    action,
  );
}
