import { basename, join } from 'node:path';
import { RotaError } from '../../errors.ts';
import { cacheHome } from '../../store/cache-home.ts';
import type { GitOutput, GitPlace, System } from '../../system/ports.ts';
import { plainText } from '../../task/text.ts';

const PATIENCE = 15 * 60_000;

/**
 * A bare repository of this worker's own, with main and a remote `origin`, in the cache folder. Whole, not partial: a candidate
 * is merged from objects alone, and nothing may start a fetch then.
 *
 * @param url anything that git fetches from; may hold credentials, which are not shown
 * @returns its folder
 * @throws RotaError `usage` for what is no address, `remote` when it cannot be cloned
 */
export async function cloneForWorker(system: System, url: string): Promise<string> {
  const { git, files, random } = system;
  if (url.startsWith('-') || url.trim() === '')
    throw new RotaError('usage', 'That is no address of a repository.', null);
  const folder = join(cacheHome(system), 'rota', 'workers', `${nameOf(url)}-${random.id()}`);
  await files.makeFolder(folder);
  try {
    const place: GitPlace = { kind: 'repository', gitDir: folder };
    await git.run(place, ['init', '--quiet', '--bare', '--template=', folder]);
    await git.run(place, ['config', 'remote.origin.url', url]);
    const said = await git.run(place, ['ls-remote', '--symref', '--', url, 'HEAD'], {
      ok: FAILURES,
      timeLimit: PATIENCE,
    });
    const main = /^ref: (refs\/heads\/\S+)\tHEAD$/m.exec(said.stdout.toString('utf8'))?.[1];
    if (main === undefined) throw unreachable(said, 'it has no branch that is its HEAD');
    await git.run(place, ['symbolic-ref', 'HEAD', main]);
    const fetched = await git.run(
      place,
      ['fetch', '--quiet', '--no-tags', '--no-write-fetch-head', '--', url, `+${main}:${main}`],
      { ok: FAILURES, timeLimit: PATIENCE },
    );
    if (fetched.code !== 0) throw unreachable(fetched, 'it could not be fetched');
    return folder;
  } catch (error) {
    await files.removeTree(folder);
    throw error;
  }
}

const FAILURES = [0, 1, 2, 128];

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

function unreachable({ stderr }: GitOutput, otherwise: string): RotaError {
  const said = plainText(stderr.trim().split('\n').at(-1) ?? '').replace(/\/\/[^/@\s]+@/g, '//');
  return new RotaError(
    'remote',
    `The repository cannot be cloned: ${said === '' ? otherwise : said.slice(0, 300)}`,
    'Check the address, and that this machine may read it: git ls-remote <address>',
  );
}
