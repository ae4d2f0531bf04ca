import type { PullRequestConfig } from '../config.ts';
import { RotaError } from '../errors.ts';
import type { Neutral } from '../store/neutral.ts';
import type { RemoteBranches } from '../store/refs/branches.ts';
import type { Remote } from '../store/refs/find-remote.ts';
import type { System } from '../system/ports.ts';
import { findAddress } from './find-address.ts';
import type { Forge } from './forge.ts';
import { ghEnvironment } from './gh/gh-environment.ts';
import { ghForge, ghRepository } from './gh/gh-forge.ts';
import { linkForge } from './link-forge.ts';
import { pushFirst } from './push-first.ts';
import { pushOptionsForge } from './push-options-forge.ts';
import type { RemoteAddress } from './remote-address.ts';
import { kindOfHost } from './web-links.ts';

/** What a forge is reached through; a Project is one. */
export interface ForgeDoors {
  readonly system: System;
  readonly neutral: Neutral;
  readonly remote: Remote | null;
  readonly branches: RemoteBranches | null;
}

const ASK_LIMIT = 10_000;

/**
 * The forge of the remote.
 *
 * @param choice rota.yaml's `pull-request: {forge}`. `auto`: `gh` where the host is GitHub, or one that gh is logged in to,
 *   and gh is installed; push options for GitLab and for servers that nobody knows (which fall back to a link); else a link
 * @throws RotaError `config`: no remote, or `gh` is asked for and the remote is no GitHub
 */
export async function openForge(doors: ForgeDoors, choice: PullRequestConfig['forge']): Promise<Forge> {
  const { system, neutral, remote, branches } = doors;
  if (remote === null || branches === null)
    throw new RotaError(
      'config',
      'Pull requests need a remote, and this repository works without one.',
      'Add one (git remote add origin <url>), or use `integrate: merge`.',
    );
  const { url, address } = await findAddress(system, neutral, remote.url);
  const repository = ghRepository(address, url);
  const chosen = choice === 'auto' ? await choose(system, address, repository !== null) : choice;
  if (chosen === 'link') return linkForge(pushFirst(branches), address);
  if (chosen === 'push-options') return pushOptionsForge(branches, address);
  if (repository !== null) return ghForge(system, repository, pushFirst(branches));
  throw new RotaError(
    'config',
    'rota.yaml says `forge: gh`, and the remote is not the address of a repository on GitHub.',
    'Look at git remote -v; expected an address such as https://github.com/acme/shop.git.',
  );
}

async function choose(
  system: System,
  address: RemoteAddress | null,
  isGhPath: boolean,
): Promise<'gh' | 'push-options' | 'link'> {
  const kind = address === null ? 'unknown' : kindOfHost(address.host);
  if (kind === 'gitlab') return 'push-options';
  if (kind === 'github') return isGhPath && (await isInstalled(system, address!.host)) ? 'gh' : 'link';
  if (kind !== 'unknown') return 'link';
  return isGhPath && address !== null && (await isLoggedIn(system, address.host)) ? 'gh' : 'push-options';
}

async function isInstalled(system: System, host: string): Promise<boolean> {
  return (await gh(system, host, ['--version'])) === 0;
}

/** By a login of its own: a token in the environment says nothing about which host it is for, unless GH_HOST does. */
async function isLoggedIn(system: System, host: string): Promise<boolean> {
  if (system.environment.variables['GH_HOST']?.toLowerCase() === host) return await isInstalled(system, host);
  return (await gh(system, host, ['auth', 'token', '--hostname', host])) === 0;
}

async function gh(system: System, host: string, args: readonly string[]): Promise<number | null> {
  const env = ghEnvironment(system.environment.variables, host, false);
  const ran = await system.processes.run({ argv: ['gh', ...args], cwd: '/', env, timeLimit: ASK_LIMIT });
  return ran.code;
}
