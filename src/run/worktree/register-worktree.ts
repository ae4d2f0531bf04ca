import { basename, dirname, join } from 'node:path';
import { RotaError } from '../../errors.ts';
import { holderName } from '../gate/holder.ts';
import type { Project } from '../project/project.ts';
import { lockReason, lockWorktree, writeMarker } from './marker.ts';
import type { WorktreePlace } from './worktree.ts';

export interface NewWorktree {
  readonly run: string;
  readonly path: string;
  readonly branch: string;
  readonly reason: string;
}

/** Below rota's folder: administrative folders that are not complete yet. */
export const UNREGISTERED = 'new-worktrees';

/**
 * Registers an empty worktree on an existing branch, locked and marked as the run's, as `git worktree add --no-checkout --lock`
 * does. Its administrative folder (gitrepository-layout(5)) appears complete, in one step: while git makes one, every other git
 * command that looks at the worktrees can fail ("failed to read .../commondir").
 */
export async function registerWorktree(
  project: Project,
  { run, path, branch, reason }: NewWorktree,
): Promise<WorktreePlace> {
  const { system, repository } = project;
  const { files } = system;
  const folder = join(repository.rotaDir, UNREGISTERED, holderName(system));
  await files.makeFolder(folder);
  await files.write(join(folder, 'HEAD'), `ref: refs/heads/${branch}\n`);
  await files.write(join(folder, 'commondir'), '../..\n');
  await files.write(join(folder, 'gitdir'), `${join(path, '.git')}\n`);
  await lockWorktree(system, folder, lockReason(run, reason));
  await writeMarker(system, folder, { run, ready: false });
  await files.makeFolder(join(repository.gitDir, 'worktrees'));
  await files.makeFolder(dirname(path));
  const adminDir = await putInPlace(project, folder, basename(path));
  await files.makeFolder(path);
  await files.write(join(path, '.git'), `gitdir: ${adminDir}\n`, { exclusive: true });
  return { path, adminDir, branch };
}

/** Named after the last part of the path, as git does; the next free name if that is taken. */
async function putInPlace(project: Project, folder: string, name: string): Promise<string> {
  const { files } = project.system;
  for (let count = 0; count < 1000; count++) {
    const adminDir = join(project.repository.gitDir, 'worktrees', `${name}${count === 0 ? '' : count}`);
    try {
      await files.rename(folder, adminDir);
      return adminDir;
    } catch (error) {
      const { code = '' } = error as NodeJS.ErrnoException;
      // Who removes the last worktree at the same moment removes the folder of them all: make it again.
      if (code === 'ENOENT' && (await files.facts(folder)) !== null) {
        await files.makeFolder(dirname(adminDir));
        count -= 1;
      } else if (!['ENOTEMPTY', 'EEXIST', 'ENOTDIR'].includes(code)) throw error;
    }
  }
  throw new RotaError('git', `There are 1000 worktrees named ${name} already.`, 'git worktree prune');
}
