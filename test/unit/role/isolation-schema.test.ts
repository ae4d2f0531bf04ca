import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../../src/role/parse-config.ts';

const parsed = (isolation: string) => parseConfig(`gate: none\nisolation: ${isolation}\n`);

describe('isolation of rota.yaml', () => {
  it.each([
    ['{}', { network: 'all', read: [], image: null }],
    ['{network: none}', { network: 'none', read: [], image: null }],
    ['{read: [~/.rustup/, /srv/a b/c]}', { network: 'all', read: ['~/.rustup', '/srv/a b/c'], image: null }],
    [
      '{image: "ghcr.io/acme/build:3@sha256:ab"}',
      { network: 'all', read: [], image: 'ghcr.io/acme/build:3@sha256:ab' },
    ],
  ])('reads %s', (text, isolation) => {
    const read = parsed(text);
    expect('config' in read ? read.config.isolation : read.problems).toEqual(isolation);
  });

  it.each([
    ['bwrap', '`isolation` is "bwrap"; expected a map such as {network: none'],
    ['{network: some}', '`isolation.network` is "some"; expected all or none'],
    ['{networks: none}', 'unknown key `networks` in `isolation`; the nearest known key is `network`'],
    ['{write: [/srv]}', 'unknown key `write` in `isolation`; expected one of network, read, image'],
    ...['/', '~', '~/', 'src', './src', '/srv/../home', '~/a/./b', '/srv//a', '~mike/x', '"/a\\nb"'].map(
      (path): [string, string] => [`{read: [${path}]}`, '`isolation.read` entry 1 is'],
    ),
    ['{read: /srv}', '`isolation.read` is "/srv"; expected a list'],
    ...['--privileged', '""', '"a b"', '"a;b"'].map((image): [string, string] => [
      `{image: ${image}}`,
      '`isolation.image` is',
    ]),
  ])('refuses %s', (text, message) => {
    const read = parsed(text);
    const problems = 'problems' in read ? read.problems : [];
    expect(problems.map((problem) => problem.message)).toEqual([expect.stringContaining(message)]);
  });
});
