import { dirname, join } from 'node:path';
import { configValue } from '../../store/config-value.ts';
import type { Identity } from '../../store/identity.ts';
import { MANY_WRITERS } from '../../store/many-writers.ts';
import type { Neutral } from '../../store/neutral.ts';
import type { Repository } from '../../store/repository.ts';
import type { System } from '../../system/ports.ts';
import { removeEverything } from './remove-everything.ts';

export interface CheckOutInput {
  readonly folder: string;
  readonly commit: string;
  /** Short name of the branch that HEAD there is on. */
  readonly branch: string;
  /** Who commits there, in tests that do. */
  readonly identity: Identity;
}

/**
 * Puts a commit's tree into a folder, through the neutral directory: no filter or hook of anybody runs. What the tree has is
 * exactly as in the tree afterwards; other files in the folder stay. A second call undoes what was done to tracked files and to
 * the `.git` there.
 *
 * The folder gets a `.git` of its own, so that tests which call git work: HEAD at the commit, a clean index, the
 * repository's objects as alternates. It has no remote, and nothing done there reaches the repository's refs.
 */
export async function checkOut(
  system: System,
  repository: Repository,
  neutral: Neutral,
  input: CheckOutInput,
): Promise<void> {
  const gitDir = join(input.folder, '.git');
  await removeEverything(system.files, gitDir);
  await writeGitDir(system, repository, gitDir, input);
  const place = neutral.at(input.folder, join(gitDir, 'index'));
  await system.git.run(place, [...MANY_WRITERS, 'read-tree', '--reset', '-u', input.commit]);
}

async function writeGitDir(
  system: System,
  repository: Repository,
  gitDir: string,
  { commit, branch, identity }: CheckOutInput,
): Promise<void> {
  const { files } = system;
  const ref = join(gitDir, 'refs', 'heads', branch);
  const info = join(gitDir, 'objects', 'info');
  await Promise.all([files.makeFolder(dirname(ref)), files.makeFolder(info)]);
  const shallow = await files.readIfThere(join(repository.gitDir, 'shallow'));
  await Promise.all([
    files.write(join(gitDir, 'HEAD'), `ref: refs/heads/${branch}\n`),
    files.write(ref, `${commit}\n`),
    files.write(join(info, 'alternates'), `${join(repository.gitDir, 'objects')}\n`),
    files.write(join(gitDir, 'config'), configText(repository, identity)),
    ...(shallow === null ? [] : [files.write(join(gitDir, 'shallow'), shallow)]),
  ]);
}

function configText(repository: Repository, { name, email }: Identity): string {
  const sha256 = repository.objectFormat === 'sha256';
  return [
    '[core]',
    `\trepositoryformatversion = ${sha256 ? 1 : 0}`,
    '\tbare = false',
    '\tlogallrefupdates = true',
    ...(sha256 ? ['[extensions]', '\tobjectformat = sha256'] : []),
    '[user]',
    `\tname = ${configValue(name)}`,
    `\temail = ${configValue(email)}`,
    '',
  ].join('\n');
}
