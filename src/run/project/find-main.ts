import type { Config } from '../../config.ts';
import { RotaError } from '../../errors.ts';
import { parseConfig } from '../../role/parse-config.ts';
import { REFS_PREFIX } from '../../role/refs-prefix.ts';
import { readObjects } from '../../store/backlog/read-objects.ts';
import type { Repository } from '../../store/repository.ts';
import type { System } from '../../system/ports.ts';

/** What has to be known before main can be read: which branch it is, and where it is shared. */
export interface MainPlace {
  readonly branch: string;
  /** As rota.yaml has it: undefined means `origin` if there is one. */
  readonly remote: string | null | undefined;
  /** Folder of rota's worktrees, relative to the repository's root. */
  readonly worktrees: string;
  readonly integrate: Config['integrate'];
  readonly refsPrefix: string;
}

const DEFAULTS: MainPlace = {
  branch: 'main',
  remote: undefined,
  worktrees: '.worktrees',
  integrate: 'merge',
  refsPrefix: REFS_PREFIX,
};

/** Where a rota.yaml may stand that says which branch is main, best first. */
const LIKELY = [
  'refs/rota/seen/heads/main',
  'refs/heads/main',
  'refs/remotes/origin/main',
  'refs/rota/seen/heads/master',
].concat(['refs/heads/master', 'refs/remotes/origin/master', 'HEAD']);

/**
 * Reads where main and the refs are from the first rota.yaml found on a likely main. A wrong rota.yaml gives the
 * defaults here; reading the settings at main's tip names what is wrong with it.
 *
 * @throws RotaError `repository` when there is no commit at all
 */
export async function findMain(system: System, repository: Repository): Promise<MainPlace> {
  const names = LIKELY.map((ref) => `${ref}:rota.yaml`);
  const text = (await readObjects(system, repository.place, names)).find((bytes) => bytes !== null);
  if (text === undefined || text === null) {
    const any = await system.git.text(repository.place, ['rev-list', '--max-count=1', '--all']);
    if (any !== '') return DEFAULTS;
    throw new RotaError(
      'repository',
      'This repository has no commit yet.',
      'git commit --allow-empty -m "chore: first"',
    );
  }
  const parsed = parseConfig(text.toString('utf8'));
  return 'config' in parsed ? parsed.config : DEFAULTS;
}
