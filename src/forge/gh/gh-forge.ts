import type { System } from '../../system/ports.ts';
import type { Forge } from '../forge.ts';
import { ForgeError } from '../forge-error.ts';
import type { PushBranch } from '../push-first.ts';
import type { RemoteAddress } from '../remote-address.ts';
import { followRequests, type GhRepository } from './follow-requests.ts';
import { ghApi } from './gh-api.ts';
import { openRequest } from './open-request.ts';

/** GitHub, on the web or somebody's own, through the person's `gh`. */
export function ghForge(system: System, repository: GhRepository, push: PushBranch): Forge {
  const api = ghApi(system, repository.host);
  return {
    name: 'gh',
    canFollow: true,
    propose: async (proposal) => {
      await push(proposal.branch, proposal.tip);
      return await openRequest(api, repository, proposal);
    },
    follow: (asked) => followRequests(api, repository, asked),
    find: async (numberOrUrl) => {
      const number = numberOf(numberOrUrl, repository);
      const [found] = await followRequests(api, repository, [{ number, branch: '' }]);
      if (found !== undefined) return found;
      throw new ForgeError(
        'not-found',
        `${repository.owner}/${repository.name} on ${repository.host} has no pull request ${number}.`,
        `gh pr list --repo ${repository.host}/${repository.owner}/${repository.name}`,
      );
    },
  };
}

/** Where a remote's address is `owner/name` as GitHub has them; null for any other. */
export function ghRepository(address: RemoteAddress | null, url: string): GhRepository | null {
  const parts = address === null ? null : /^([\w.-]{1,100})\/([\w.-]{1,100})$/.exec(address.path);
  return parts === null ? null : { host: address!.host, owner: parts[1]!, name: parts[2]!, url };
}

function numberOf(text: string, { host, owner, name }: GhRepository): number {
  const plain = /^#?([1-9]\d{0,8})$/.exec(text.trim());
  if (plain !== null) return Number(plain[1]);
  const url = /^https?:\/\/([^/\s]+)\/([^/\s]+)\/([^/\s]+)\/pull\/([1-9]\d{0,8})(?:[/?#]\S*)?$/.exec(
    text.trim(),
  );
  if (url === null)
    throw new ForgeError(
      'not-found',
      'That names no pull request.',
      'Give its number or its address, e.g. 12.',
    );
  const [, where = '', whose = '', what = '', number] = url;
  if (`${where}/${whose}/${what}`.toLowerCase() !== `${host}/${owner}/${name}`.toLowerCase())
    throw new ForgeError(
      'not-found',
      `That pull request is of another repository; this one is ${owner}/${name} on ${host}.`,
      'Run it in a clone of that repository.',
    );
  return Number(number);
}
