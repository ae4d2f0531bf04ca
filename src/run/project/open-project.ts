import { join } from 'node:path';
import { RotaError } from '../../errors.ts';
import type { Emit } from '../../events.ts';
import { openBacklogCache } from '../../store/backlog/backlog-cache.ts';
import { memoryBacklogCache } from '../../store/backlog/memory-cache.ts';
import { moveMainLocally } from '../../store/home/move-main-locally.ts';
import { type Identity, readIdentity } from '../../store/identity.ts';
import { openNeutral } from '../../store/neutral.ts';
import { recordStore } from '../../store/records/record-store.ts';
import { remoteBranches } from '../../store/refs/branches.ts';
import { findRemote } from '../../store/refs/find-remote.ts';
import { localRefs } from '../../store/refs/local.ts';
import { moveMainRemotely } from '../../store/refs/move-main-remotely.ts';
import { remoteRefs } from '../../store/refs/remote.ts';
import { openRepository } from '../../store/repository.ts';
import type { System } from '../../system/ports.ts';
import { findMain } from './find-main.ts';
import type { Project } from './project.ts';
import { refuseLinkedFolders } from './refuse-linked-folders.ts';

/** Commands that only read need no identity: nothing is ever signed with this one. */
const READER: Identity = { name: 'reader', email: 'reader@invalid', zone: '+0000' };

/**
 * Opens the repository around `folder` with rota's doors to it.
 *
 * @param purpose `write` needs the person's git identity
 * @throws RotaError `repository`, `identity`, `config`
 */
export async function openProject(
  system: System,
  folder: string,
  emit: Emit,
  purpose: 'read' | 'write' = 'read',
): Promise<Project> {
  const repository = await openRepository(system, folder);
  if (purpose === 'write') await refuseLinkedFolders(system, repository);
  const { branch, remote: configured, worktrees, integrate, refsPrefix } = await findMain(system, repository);
  const [remote, identity, neutral] = await Promise.all([
    findRemote(system, repository, configured),
    purpose === 'write' ? readIdentity(system, repository) : READER,
    openNeutral(system, repository),
  ]);
  if (purpose === 'write' && integrate === 'pr' && remote === null) throw noRemote();
  const refs =
    remote === null
      ? localRefs(system, repository, branch)
      : remoteRefs(system, repository, neutral, { ...remote, branch, prefix: refsPrefix });
  const own = join(repository.root, worktrees, 'ai', '/');
  return {
    system,
    repository,
    neutral,
    branch,
    refsPrefix,
    worktrees: join(repository.root, worktrees),
    remote,
    branches: remote === null ? null : remoteBranches(system, repository, neutral, remote),
    refs,
    records: recordStore(system, repository, neutral, identity),
    moveMain:
      remote === null
        ? moveMainLocally(system, repository, { branch, isOwn: (path) => path.startsWith(own) })
        : moveMainRemotely(refs, branch),
    identity,
    // An agent could write to the one on disk: only commands that look use it.
    cache: purpose === 'read' ? openBacklogCache(system, repository) : memoryBacklogCache(),
    emit,
    close: () => neutral.close(),
  };
}

function noRemote(): RotaError {
  return new RotaError(
    'config',
    'rota.yaml says `integrate: pr`, and this repository has no remote to open pull requests on.',
    'git remote add origin <url>, or use `integrate: merge`.',
  );
}
