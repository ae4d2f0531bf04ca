import { basename, join, resolve } from 'node:path';
import { RotaError } from '../../errors.ts';
import { completeTrees } from '../../store/refs/complete-trees.ts';
import { loginVariables } from '../../store/refs/login-variables.ts';
import { openRepository } from '../../store/repository.ts';
import type { GitOutput, GitPlace, System } from '../../system/ports.ts';
import { plainText } from '../../task/text.ts';
import { holderName } from '../gate/holder.ts';
import { ownerFileOf, workerClonesFolder } from './worker-clones.ts';

const PATIENCE = 15 * 60_000;

/**
 * A bare repository of this worker's own, with main and a remote `origin`, in the cache folder. Partial where the server can
 * do that: main's history without its old files, which a fetch of rota's brings when they are needed.
 *
 * @param url anything that git fetches from, a folder here too; may hold credentials, which are not shown
 * @param from where an address that is a relative path begins
 * @returns its folder
 * @throws RotaError `usage` for what is no address, `remote` when it cannot be cloned
 */
export async function cloneForWorker(system: System, url: string, from: string): Promise<string> {
  const { files, random } = system;
  if (url.startsWith('-') || url.trim() === '')
    throw new RotaError('usage', 'That is no address of a repository.', null);
  const here = resolve(from, url);
  const address = (await files.facts(here)) === null ? url : here;
  const folder = join(workerClonesFolder(system), `${nameOf(url)}-${random.id()}`);
  await files.makeFolder(folder);
  try {
    // The address in its config may hold a password.
    await files.chmod(folder, 0o700);
    await files.write(ownerFileOf(folder), `${holderName(system)}\n`);
    await fill(system, folder, address);
    return folder;
  } catch (error) {
    await removeClone(system, folder);
    throw error;
  }
}

/** Takes a worker's clone away, with what says whose it is. */
export async function removeClone({ files }: System, clone: string): Promise<void> {
  await files.removeTree(clone);
  // Where the disk was full there may be none.
  await files.removeTree(ownerFileOf(clone));
}

async function fill(system: System, folder: string, url: string): Promise<void> {
  const place: GitPlace = { kind: 'repository', gitDir: folder };
  const ask = (...args: string[]) =>
    system.git.run(place, args, { ok: FAILURES, timeLimit: PATIENCE, env: loginVariables(system) });
  await system.git.run(place, ['init', '--quiet', '--bare', '--template=', folder]);
  const said = await ask('ls-remote', '--symref', '--', url, 'HEAD');
  const main = /^ref: (refs\/heads\/\S+)\tHEAD$/m.exec(said.stdout.toString('utf8'))?.[1];
  if (main === undefined) throw unreachable(said, 'it has no branch that is its HEAD');
  await system.git.run(place, ['symbolic-ref', 'HEAD', main]);
  for (const [name, value] of [...PARTIAL, ['remote.origin.url', url] as const])
    await system.git.run(place, ['config', name, value]);
  const fetched = await ask('fetch', ...QUIET, '--', url, `+${main}:${main}`);
  if (fetched.code !== 0) throw unreachable(fetched, 'it could not be fetched');
  const tip = await system.git.text(place, ['rev-parse', '--verify', `${main}^{commit}`]);
  const failed = await completeTrees(system, await openRepository(system, folder), url, [tip]);
  if (failed !== null) throw unreachable({ stderr: failed.words }, 'its files could not be fetched');
}

const FAILURES = [0, 1, 2, 128];
const QUIET = ['--quiet', '--filter=blob:none', '--no-tags', '--no-write-fetch-head'];
const PARTIAL = [
  ['core.repositoryformatversion', '1'],
  ['extensions.partialclone', 'origin'],
  ['remote.origin.promisor', 'true'],
  ['remote.origin.partialclonefilter', 'blob:none'],
] as const;

function nameOf(url: string): string {
  const name = basename(url.replace(/[/\\]+$/, '')).replace(/\.git$/, '');
  return (
    name
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, '-')
      .replace(/^-|-$/g, '')
      .slice(0, 40) || 'repository'
  );
}

/** What git complains about first; what follows are guesses. */
function unreachable({ stderr }: Pick<GitOutput, 'stderr'>, otherwise: string): RotaError {
  const lines = stderr.split('\n').filter((line) => line.trim() !== '');
  const said = lines.find((line) => line.startsWith('fatal:')) ?? lines.at(-1) ?? '';
  const words = plainText(said)
    .replace(/\/\/[^/@\s]+@/g, '//')
    .trim();
  return new RotaError(
    'remote',
    `The repository cannot be cloned: ${words === '' ? otherwise : words.slice(0, 300)}`,
    'Check the address, and that this machine may read it: git ls-remote <address>',
  );
}
