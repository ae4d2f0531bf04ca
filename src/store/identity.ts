import { RotaError } from '../errors.ts';
import type { System } from '../system/ports.ts';
import type { Repository } from './repository.ts';

/** Who signs rota's commits: the person's own git identity. */
export interface Identity {
  readonly name: string;
  readonly email: string;
  /** Offset as git writes it, e.g. `+0100`. */
  readonly zone: string;
}

const NAMES = [
  'GIT_AUTHOR_NAME',
  'GIT_AUTHOR_EMAIL',
  'GIT_COMMITTER_NAME',
  'GIT_COMMITTER_EMAIL',
  'EMAIL',
  'TZ',
];

/**
 * Reads it once, before any agent runs: what an agent writes into the repository's config does not sign later commits.
 *
 * @throws RotaError `identity` when git does not know the person (it would guess from the host name)
 */
export async function readIdentity(system: System, repository: Repository): Promise<Identity> {
  const env: Record<string, string> = {};
  for (const name of NAMES) {
    const value = system.environment.variables[name];
    if (value !== undefined && value !== '') env[name] = value;
  }
  const args = ['-c', 'user.useConfigOnly=true', 'var', 'GIT_COMMITTER_IDENT'];
  const asked = await system.git.run(repository.place, args, { env, ok: [0, 1, 128] });
  const ident = /^(.*) <([^>]*)> \d+ ([+-]\d{4})$/.exec(asked.stdout.toString('utf8').trim());
  if (asked.code !== 0 || ident === null || ident[1] === '') {
    throw new RotaError(
      'identity',
      'git does not know who you are; rota commits as you and needs your name and e-mail address.',
      'git config --global user.name "Your Name" && git config --global user.email you@example.org',
    );
  }
  return { name: ident[1]!, email: ident[2]!, zone: ident[3]! };
}
