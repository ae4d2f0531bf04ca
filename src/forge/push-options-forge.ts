import type { PushedWith, RemoteBranches } from '../store/refs/branches.ts';
import type { Forge, Proposal, Proposed } from './forge.ts';
import { ForgeError } from './forge-error.ts';
import { notPushed } from './push-first.ts';
import { pushOptionsFor } from './push-option-text.ts';
import type { RemoteAddress } from './remote-address.ts';
import { requestUrlIn } from './request-url-in.ts';
import { newRequestUrl } from './web-links.ts';

/**
 * The push itself asks for the request: GitLab, and servers that understand its options. Where the server takes no options
 * the branch is pushed all the same, and there is a link to open.
 *
 * @param address null: the remote is no place with a web page
 */
export function pushOptionsForge(branches: RemoteBranches, address: RemoteAddress | null): Forge {
  return {
    name: 'push-options',
    canFollow: false,
    propose: async (proposal) => {
      const ref = `refs/heads/${proposal.branch}`;
      const asked = await branches.pushWith(ref, proposal.tip, pushOptionsFor(proposal));
      const pushed = asked.kind === 'unsupported' ? await branches.pushWith(ref, proposal.tip, []) : asked;
      if (pushed.kind === 'failed') throw notPushed(proposal.branch, pushed.reason);
      return proposed(proposal, asked, address);
    },
    follow: async () => [],
    find: async () => {
      throw noApi();
    },
  };
}

function proposed(proposal: Proposal, asked: PushedWith, address: RemoteAddress | null): Proposed {
  const lines = asked.kind === 'pushed' ? asked.server : [];
  const found = requestUrlIn(lines, address?.host ?? null);
  const link =
    found === null && address !== null && !proposal.isOpen
      ? newRequestUrl(address, proposal.branch, proposal.base)
      : null;
  const notes: string[] = [];
  if (asked.kind === 'unsupported' && !proposal.isOpen)
    notes.push(
      'The remote takes no push options: the branch is pushed, the request has to be opened by hand.',
    );
  if (asked.kind === 'there' && !proposal.isOpen)
    notes.push(
      'The branch was pushed before: if there is no request for it yet, it has to be opened by hand.',
    );
  if (asked.kind === 'pushed' && !proposal.isOpen && proposal.reviewers.length > 0)
    notes.push(`Push options cannot ask for a review: ask ${proposal.reviewers.join(', ')}.`);
  const warnings = lines.filter((line) => /\b(?:error|warning|failed)\b/i.test(line)).slice(0, 5);
  return {
    number: found?.number ?? null,
    url: found?.url ?? null,
    link,
    created: false,
    notes: [...notes, ...warnings.map((line) => `The remote said: ${line}`)],
  };
}

export function noApi(): ForgeError {
  return new ForgeError(
    'no-api',
    'Pull requests of this remote cannot be looked at from here.',
    'Name the branch instead, or use a remote on GitHub with gh installed and logged in.',
  );
}
