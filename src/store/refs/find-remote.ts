import { isAbsolute, resolve } from 'node:path';
import { RotaError } from '../../errors.ts';
import type { System } from '../../system/ports.ts';
import { plainText } from '../../task/text.ts';
import type { Repository } from '../repository.ts';

/** Where the shared refs are. URLs may hold credentials: they are passed to git and never shown. */
export interface Remote {
  readonly name: string;
  readonly url: string;
  readonly pushUrl: string;
}

/**
 * The remote that rota works with, its addresses read once. `insteadOf` of the person's global config is git's own to
 * apply; that of the repository is not followed.
 *
 * @param configured rota.yaml's `remote`; undefined: `origin` if there is one, null: none
 * @throws RotaError `config` when a named remote is not there, or it does not name exactly one place to push to
 */
export async function findRemote(
  system: System,
  repository: Repository,
  configured: string | null | undefined,
): Promise<Remote | null> {
  if (configured === null) return null;
  const name = configured ?? 'origin';
  const urls = await readUrls(system, repository, name);
  const url = urls.fetch[0];
  if (url === undefined) {
    if (configured === undefined) return null;
    throw new RotaError(
      'config',
      `rota.yaml names the remote "${plainText(name)}", and this repository has none of that name.`,
      `git remote add ${plainText(name)} <url>, or change \`remote:\` in rota.yaml.`,
    );
  }
  const push = urls.push.length > 0 ? urls.push : urls.fetch;
  if (push.length !== 1) {
    const message = `The remote "${plainText(name)}" pushes to ${push.length} places; locks need exactly one.`;
    throw new RotaError(
      'config',
      message,
      `Name another remote in rota.yaml, or keep one URL: git remote -v`,
    );
  }
  return { name, url: absolute(url, repository), pushUrl: absolute(push[0]!, repository) };
}

async function readUrls(
  system: System,
  repository: Repository,
  name: string,
): Promise<{ fetch: string[]; push: string[] }> {
  const pattern = `^remote\\.${name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}\\.(url|pushurl)$`;
  const asked = await system.git.run(repository.place, ['config', '-z', '--get-regexp', pattern], {
    ok: [0, 1],
  });
  const found: { fetch: string[]; push: string[] } = { fetch: [], push: [] };
  for (const entry of asked.stdout.toString('utf8').split('\0')) {
    const line = entry.indexOf('\n');
    if (line < 0) continue;
    const value = entry.slice(line + 1);
    if (value !== '') found[entry.slice(0, line).endsWith('.pushurl') ? 'push' : 'fetch'].push(value);
  }
  return found;
}

/** Git reads a relative path from where it runs; rota runs it elsewhere. */
function absolute(url: string, repository: Repository): string {
  const colon = url.indexOf(':');
  const slash = url.indexOf('/');
  const isPath = colon < 0 || (slash >= 0 && slash < colon);
  return isPath && !isAbsolute(url) ? resolve(repository.root, url) : url;
}
