import { describe, expect, test } from 'vitest';
import { ghRepository } from '../../../src/forge/gh/gh-forge.ts';
import { readRemoteAddress, siblingUrl } from '../../../src/forge/remote-address.ts';
import { newRequestUrl } from '../../../src/forge/web-links.ts';

describe('readRemoteAddress', () => {
  test.each([
    ['https://github.com/acme/shop.git', 'https', 'github.com', 'acme/shop'],
    ['https://GitHub.com:443/acme/shop/', 'https', 'github.com', 'acme/shop'],
    ['https://pat:ghp_secret@github.com/acme/shop', 'https', 'github.com', 'acme/shop'],
    [
      'https://oauth2:tok%40en@git.acme.example:8443/g/s/shop.git',
      'https',
      'git.acme.example:8443',
      'g/s/shop',
    ],
    ['http://localhost:3000/acme/shop.git', 'http', 'localhost:3000', 'acme/shop'],
    ['http://git.acme.example:80/acme/shop', 'http', 'git.acme.example', 'acme/shop'],
    ['http://git.acme.example:443/acme/shop', 'http', 'git.acme.example:443', 'acme/shop'],
    ['git@github.com:acme/shop.git', 'https', 'github.com', 'acme/shop'],
    ['github.com:acme/shop', 'https', 'github.com', 'acme/shop'],
    ['git@github.com:/acme/shop.git', 'https', 'github.com', 'acme/shop'],
    ['ssh://git@github.com/acme/shop.git', 'https', 'github.com', 'acme/shop'],
    ['ssh://git@code.acme.example:2222/acme/shop.git', 'https', 'code.acme.example', 'acme/shop'],
    ['ssh://git@ssh.github.com:443/acme/shop.git', 'https', 'github.com', 'acme/shop'],
    ['git@altssh.gitlab.com:group/sub/shop.git', 'https', 'gitlab.com', 'group/sub/shop'],
    ['git+ssh://git@github.com/acme/shop', 'https', 'github.com', 'acme/shop'],
    ['git://git.acme.example/shop.git', 'https', 'git.acme.example', 'shop'],
    ['https://[::1]:8443/acme/shop', 'https', '[::1]:8443', 'acme/shop'],
    ['git@ssh.dev.azure.com:v3/acme/Shop%20Team/shop', 'https', 'dev.azure.com', 'v3/acme/Shop%20Team/shop'],
    ['https://github.com/acme/my.shop.git', 'https', 'github.com', 'acme/my.shop'],
  ])('%s', (url, scheme, host, path) => {
    expect(readRemoteAddress(url)).toEqual({ scheme, host, path });
  });

  test.each([
    ...[
      '',
      '/srv/git/shop.git',
      '../shop.git',
      './a:b',
      'C:/git/shop',
      'C:\\git\\shop',
      'file:///srv/shop.git',
    ],
    ...['https://github.com/', 'https://github.com', 'https://github.com/acme/../etc', 'https:///acme/shop'],
    ...['ext::sh -c touch% /tmp/x', 'https://git hub.com/a/b', 'https://github.com/acme/shop?x=1', 'a@b'],
    ...['https://-evil.com/a/b', 'https://github.com/a/b\nc', 'ftp://x.example/a/b', 'git@github.com:'],
    ...['https://github.com/acme//shop', 'git@github.com:~/$(x)'],
  ])('nothing: %j', (url) => {
    expect(readRemoteAddress(url)).toBe(null);
  });

  test('long and odd addresses take no time', () => {
    for (const url of [
      `https://${'a.'.repeat(50_000)}/x`,
      `${'a@'.repeat(50_000)}:x`,
      `git@h:${'a/'.repeat(50_000)}`,
    ])
      readRemoteAddress(url);
  });
});

describe('siblingUrl', () => {
  test.each([
    ['https://github.com/acme/shop.git', 'https://github.com/pat/shop2.git'],
    ['https://x:tok@git.acme.example:8443/acme/shop', 'https://x:tok@git.acme.example:8443/pat/shop2'],
    ['git@github.com:acme/shop.git', 'git@github.com:pat/shop2.git'],
    ['ssh://git@ssh.github.com:443/acme/shop.git', 'ssh://git@ssh.github.com:443/pat/shop2.git'],
    ['https://acme/acme/shop/acme/shop', 'https://acme/pat/shop2'],
    ['https://github.com/acme/shop.git/', 'https://github.com/pat/shop2.git'],
  ])('of %s: %s', (url, sibling) => {
    expect(siblingUrl(url, 'pat/shop2')).toBe(sibling);
  });

  test('never leaves the host', () => {
    expect(siblingUrl('https://github.com/acme/shop', '../evil')).toBe(null);
    expect(siblingUrl('https://github.com/acme/shop', 'a/b?c')).toBe(null);
    expect(siblingUrl('/srv/shop.git', 'pat/shop')).toBe(null);
  });
});

describe('ghRepository', () => {
  test('is a place with owner and name', () => {
    const url = 'git@github.com:acme/shop.git';
    const at = (text: string) => ghRepository(readRemoteAddress(text), text);
    expect(at(url)).toEqual({ host: 'github.com', owner: 'acme', name: 'shop', url });
    for (const other of [
      'git@gitlab.com:a/b/c.git',
      'https://x.example/shop',
      'https://x.example/a%2fb/c',
      '/srv/x',
    ])
      expect(at(other)).toBe(null);
  });
});

describe('newRequestUrl', () => {
  const from = (url: string, branch = 'ai/developer/A1-it') =>
    newRequestUrl(readRemoteAddress(url)!, branch, 'main');

  test.each([
    [
      'git@github.com:acme/shop.git',
      'https://github.com/acme/shop/compare/main...ai/developer/A1-it?expand=1',
    ],
    [
      'https://gitlab.com/g/s/shop.git',
      'https://gitlab.com/g/s/shop/-/merge_requests/new?merge_request%5Bsource_branch%5D=ai%2Fdeveloper%2FA1-it&merge_request%5Btarget_branch%5D=main',
    ],
    ['http://gitlab.acme.example:8080/g/s', 'http://gitlab.acme.example:8080/g/s/-/merge_requests/new?'],
    [
      'git@bitbucket.org:acme/shop.git',
      'https://bitbucket.org/acme/shop/pull-requests/new?source=ai%2Fdeveloper%2FA1-it&dest=main',
    ],
    ['https://codeberg.org/acme/shop', 'https://codeberg.org/acme/shop/compare/main...ai/developer/A1-it'],
    [
      'git@ssh.dev.azure.com:v3/acme/Shop%20Team/shop',
      'https://dev.azure.com/acme/Shop%20Team/_git/shop/pullrequestcreate?sourceRef=ai%2Fdeveloper%2FA1-it&targetRef=main',
    ],
    [
      'https://acme@dev.azure.com/acme/Team/_git/shop',
      'https://dev.azure.com/acme/Team/_git/shop/pullrequestcreate?',
    ],
  ])('%s', (url, link) => {
    expect(from(url)).toMatch(new RegExp(`^${link.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}`));
  });

  test('is null where nobody knows, and a name cannot add to it', () => {
    expect(from('https://code.acme.example/acme/shop')).toBe(null);
    expect(from('https://dev.azure.com/acme')).toBe(null);
    expect(from('git@github.com:acme/shop.git', 'a?b#c&d"<e>')).toBe(
      'https://github.com/acme/shop/compare/main...a%3Fb%23c%26d%22%3Ce%3E?expand=1',
    );
  });
});
