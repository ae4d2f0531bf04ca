import type { RemoteAddress } from './remote-address.ts';

export type HostKind = 'github' | 'gitlab' | 'bitbucket' | 'gitea' | 'azure' | 'unknown';

/** What runs on a host, by its name; a company's own server may be called anything. */
export function kindOfHost(host: string): HostKind {
  const name = host.replace(/:\d+$/, '');
  if (name === 'github.com' || name.endsWith('.ghe.com') || /^(?:github|ghe)\./.test(name)) return 'github';
  if (name === 'gitlab.com' || /(?:^|\.)gitlab\./.test(name)) return 'gitlab';
  if (name === 'bitbucket.org') return 'bitbucket';
  if (name === 'codeberg.org' || /^(?:gitea|forgejo)\./.test(name)) return 'gitea';
  if (name === 'dev.azure.com' || name.endsWith('.visualstudio.com')) return 'azure';
  return 'unknown';
}

/** Where a person opens a request for a branch; null when that cannot be known. */
export function newRequestUrl(address: RemoteAddress, branch: string, base: string): string | null {
  const { scheme, host } = address;
  const root = `${scheme}://${host}/${address.path.split('/').map(encoded).join('/')}`;
  const [from, to] = [encodeURIComponent(branch), encodeURIComponent(base)];
  switch (kindOfHost(host)) {
    case 'github':
      return `${root}/compare/${keepSlashes(base)}...${keepSlashes(branch)}?expand=1`;
    case 'gitea':
      return `${root}/compare/${keepSlashes(base)}...${keepSlashes(branch)}`;
    case 'gitlab':
      return `${root}/-/merge_requests/new?merge_request%5Bsource_branch%5D=${from}&merge_request%5Btarget_branch%5D=${to}`;
    case 'bitbucket':
      return `${root}/pull-requests/new?source=${from}&dest=${to}`;
    case 'azure':
      return azure(address, from, to);
    case 'unknown':
      return null;
  }
}

/** ssh has `v3/organisation/project/repository`, the web `organisation/project/_git/repository`. */
function azure({ host, path }: RemoteAddress, from: string, to: string): string | null {
  const ssh = /^v3\/([^/]+)\/([^/]+)\/([^/]+)$/.exec(path);
  const web = ssh === null ? path : `${ssh[1]}/${ssh[2]}/_git/${ssh[3]}`;
  if (!/(?:^|\/)_git\/[^/]+$/.test(web)) return null;
  const root = `https://${host}/${web.split('/').map(encoded).join('/')}`;
  return `${root}/pullrequestcreate?sourceRef=${from}&targetRef=${to}`;
}

/** A part of a remote's URL may be encoded already. */
function encoded(part: string): string {
  return encodeURIComponent(part).replaceAll(/%25([0-9A-Fa-f]{2})/g, '%$1');
}

function keepSlashes(branch: string): string {
  return branch.split('/').map(encodeURIComponent).join('/');
}
