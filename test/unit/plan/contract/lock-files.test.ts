import { describe, expect, it } from 'vitest';
import { lockEntries } from '../../../../src/plan/lock-entries.ts';
import { change, findings, rulesOf } from './change.ts';

const MANIFEST = (over: object = {}) => JSON.stringify({ name: 'a', dependencies: { b: '1' }, ...over });
const changed = (path: string) => change(path, { oldText: MANIFEST(), newText: MANIFEST({ version: '2' }) });

describe('a lock file', () => {
  it.each([
    ['package-lock.json', 'package.json'],
    ['npm-shrinkwrap.json', 'package.json'],
    ['web/pnpm-lock.yaml', 'web/package.json'],
    ['yarn.lock', 'packages/a/package.json'],
    ['bun.lock', 'package.json'],
    ['Cargo.lock', 'crates/a/Cargo.toml'],
    ['poetry.lock', 'pyproject.toml'],
    ['uv.lock', 'pyproject.toml'],
    ['pdm.lock', 'pyproject.toml'],
    ['Pipfile.lock', 'Pipfile'],
    ['go.sum', 'go.mod'],
    ['Gemfile.lock', 'Gemfile'],
    ['composer.lock', 'composer.json'],
    ['flake.lock', 'flake.nix'],
    ['a/packages.lock.json', 'a/a.csproj'],
  ])('%s follows %s', async (lock, manifest) => {
    expect(await rulesOf([change(lock)])).toEqual(['held lockfile-alone']);
    expect(await rulesOf([change(lock), changed(manifest)])).toEqual([]);
  });

  it.each([
    ['of another folder', [change('web/yarn.lock'), changed('api/package.json')]],
    ['of a folder above', [change('web/yarn.lock'), changed('package.json')]],
    ['of another kind', [change('yarn.lock'), change('Cargo.toml')]],
    ['that is new', [change('yarn.lock', { status: 'added' })]],
    ['that is deleted', [change('yarn.lock', { status: 'deleted' })]],
    [
      'with a new description',
      [
        change('yarn.lock'),
        change('package.json', { oldText: MANIFEST(), newText: MANIFEST({ description: 'x' }) }),
      ],
    ],
    [
      'with a new script',
      [
        change('yarn.lock'),
        change('package.json', { oldText: MANIFEST(), newText: MANIFEST({ scripts: { a: 'x' } }) }),
      ],
    ],
  ])('is held without the manifest: one %s', async (_name, files) => {
    expect(await rulesOf(files)).toEqual(['held lockfile-alone']);
  });

  it('says which, and why', async () => {
    expect((await findings([change('web/yarn.lock')])).map(({ message }) => message)).toEqual([
      'modified web/yarn.lock: changed without a change of what package.json depends on; a lock file follows its manifest',
    ]);
  });
});

const NPM = 'https://registry.npmjs.org';
interface Entry {
  readonly version?: string;
  readonly resolved?: string;
  readonly integrity?: string;
}
const b: Entry = { version: '1.0.0', resolved: `${NPM}/b/-/b-1.0.0.tgz`, integrity: 'sha512-bbbb' };
const lock = (packages: Record<string, Entry | object>) =>
  JSON.stringify({
    lockfileVersion: 3,
    packages: { '': { name: 'a', funding: { url: 'https://money.example' } }, ...packages },
  });

async function inLock(
  oldText: string | null,
  newText: string,
  path = 'package-lock.json',
): Promise<string[]> {
  const status = oldText === null ? 'added' : 'modified';
  const found = await findings([change(path, { status, oldText, newText }), changed('package.json')]);
  return found.map(({ rule, message }) => `${rule} ${message}`);
}

describe('where a lock file fetches from', () => {
  const before = lock({ 'node_modules/b': b });
  const other = (resolved: string) =>
    lock({ 'node_modules/b': b, 'node_modules/c': { version: '1', resolved } });
  it.each([
    ['another host', 'https://evil.example/c.tgz', 'https://evil.example'],
    ['another scheme', 'http://registry.npmjs.org/c.tgz', 'http://registry.npmjs.org'],
    ['git', 'git+ssh://git@github.com/a/c.git#abc', 'git+ssh://github.com'],
    [
      'a name that looks like the host',
      'https://registry.npmjs.org@evil.example/c.tgz',
      'https://evil.example',
    ],
    ['another port', 'https://registry.npmjs.org:8443/c.tgz', 'https://registry.npmjs.org:8443'],
  ])('%s', async (_name, resolved, host) => {
    const message = `modified package-lock.json: fetches from ${host}, from where main's lock file fetches nothing`;
    expect(await inLock(before, other(resolved))).toEqual([`lockfile-host ${message}`]);
  });

  it('is free within the hosts of main and the usual registry', async () => {
    expect(await inLock(before, other(`${NPM}/c/-/c-1.tgz`))).toEqual([]);
    const own = lock({ 'node_modules/b': { ...b, resolved: 'https://npm.shop.io/b.tgz' } });
    expect(
      await inLock(own, lock({ 'node_modules/c': { version: '2', resolved: 'https://NPM.shop.io/c.tgz' } })),
    ).toEqual([]);
    expect(await inLock(null, before)).toEqual([]);
    expect(await inLock(null, other('https://evil.example/c.tgz'))).toHaveLength(1);
  });

  it('is found in the first format, in others, and in a broken one', async () => {
    const old = JSON.stringify({
      dependencies: {
        b: { ...b, dependencies: { c: { version: '1', resolved: 'https://evil.example/c' } } },
      },
    });
    expect(await inLock(before, old)).toEqual([expect.stringContaining('https://evil.example')]);
    const yarn = (host: string) => `b@1:\n  version "1.0.0"\n  resolved "https://${host}/b.tgz#abc"\n`;
    expect(await inLock(yarn('registry.yarnpkg.com'), yarn('evil.example'), 'yarn.lock')).toEqual([
      expect.stringContaining('lockfile-host modified yarn.lock: fetches from https://evil.example,'),
    ]);
    expect(await inLock(before, '{"packages": {"x": {"resolved": "https://evil.example/x"')).toEqual([
      expect.stringContaining('https://evil.example'),
    ]);
  });

  it('bounds what it says', async () => {
    const many = Object.fromEntries(
      Array.from({ length: 50 }, (_, at) => [
        `node_modules/x${at}`,
        { version: '1', resolved: `https://h${at}.example/x` },
      ]),
    );
    expect(await inLock(before, lock(many))).toHaveLength(10);
  });
});

describe('what is inside a version', () => {
  const before = lock({ 'node_modules/b': b });
  it.each([
    ['another content', { ...b, integrity: 'sha512-evil' }],
    ['no integrity any more', { version: b.version, resolved: b.resolved }],
    ['another package of the registry', { ...b, resolved: `${NPM}/evil/-/evil-1.0.0.tgz` }],
  ])('%s', async (_name, entry) => {
    expect(await inLock(before, lock({ 'node_modules/b': entry }))).toEqual([
      'lockfile-integrity modified package-lock.json: b@1.0.0 has another content or place than on main, under the same version',
    ]);
  });

  it('may be anything under another version', async () => {
    const newer = { version: '1.0.1', resolved: `${NPM}/b/-/b-1.0.1.tgz`, integrity: 'sha512-new' };
    expect(await inLock(before, lock({ 'node_modules/b': newer }))).toEqual([]);
  });
});

describe('lockEntries', () => {
  it.each(['', 'x', '[]', 'null', '{"packages": []}', '{}'])('is null for %j', (text) => {
    expect(lockEntries(text)).toBe(null);
  });

  it('survives what is no entry, and any depth', () => {
    expect(lockEntries('{"packages": {"a": null, "b": 1, "c": {"version": 2}}}')).toHaveLength(3);
    let deep = '{"version": "1"}';
    for (let at = 0; at < 1000; at++) deep = `{"version": "1", "dependencies": {"a": ${deep}}}`;
    expect(lockEntries(`{"dependencies": {"a": ${deep}}}`)?.length).toBeGreaterThan(100);
  });
});
