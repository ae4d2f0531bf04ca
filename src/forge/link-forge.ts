import type { Forge } from './forge.ts';
import type { PushBranch } from './push-first.ts';
import { noApi } from './push-options-forge.ts';
import type { RemoteAddress } from './remote-address.ts';
import { newRequestUrl } from './web-links.ts';

/** The branch is pushed, and a person opens the request where the link leads. */
export function linkForge(push: PushBranch, address: RemoteAddress | null): Forge {
  return {
    name: 'link',
    canFollow: false,
    propose: async ({ branch, tip, base }) => {
      await push(branch, tip);
      const link = address === null ? null : newRequestUrl(address, branch, base);
      return { number: null, url: null, link, created: false, notes: [] };
    },
    follow: async () => [],
    find: async () => {
      throw noApi();
    },
  };
}
