import { join } from 'node:path';
import { RotaError } from '../../errors.ts';
import { moveMainLocally } from '../../store/home/move-main-locally.ts';
import type { Project } from './project.ts';

export interface Synced {
  readonly from: string;
  readonly to: string;
  /** What was held aside or left alone in home checkouts. */
  readonly named: readonly string[];
}

/**
 * Brings local main, and every checkout of it, to the remote's main without touching a person's work.
 *
 * @throws RotaError `usage` without a remote, `in-the-way` when both have gone on or a checkout is in the way
 */
export async function syncMain(project: Project): Promise<Synced> {
  const { system, repository, branch, remote, worktrees } = project;
  if (remote === null)
    throw new RotaError(
      'usage',
      'There is no remote to follow.',
      'Without a remote, landings move this main directly.',
    );
  const { main } = await project.refs.read();
  const ref = `refs/heads/${branch}`;
  const local = await system.git.text(repository.place, ['rev-parse', '--verify', '--quiet', ref], {
    ok: [0, 1],
  });
  if (local === main) return { from: local, to: main, named: [] };
  if (local === '')
    throw new RotaError(
      'repository',
      `There is no local branch ${branch}.`,
      `git branch ${branch} ${remote.name}/${branch}`,
    );
  const ahead = await system.git.run(repository.place, ['merge-base', '--is-ancestor', local, main], {
    ok: [0, 1],
  });
  if (ahead.code !== 0) {
    throw new RotaError(
      'in-the-way',
      `Local ${branch} has commits that the remote's ${branch} has not.`,
      `Push them, or rebase them: git pull --rebase ${remote.name} ${branch}`,
    );
  }
  const own = join(worktrees, 'ai', '/');
  const move = moveMainLocally(system, repository, { branch, isOwn: (path) => path.startsWith(own) });
  const moved = await move({ run: system.random.id(), old: local, new: main, refs: [] });
  switch (moved.kind) {
    case 'moved':
      return { from: local, to: main, named: moved.named };
    case 'stale':
      throw new RotaError('stale', `${branch} moved meanwhile.`, 'Run rota sync again.');
    case 'in-the-way':
    case 'unreachable':
      throw new RotaError('in-the-way', moved.reason, 'Settle that and run rota sync again.');
    default:
      return moved satisfies never;
  }
}
