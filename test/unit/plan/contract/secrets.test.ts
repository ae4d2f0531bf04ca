import { describe, expect, it } from 'vitest';
import { runSecretRules } from '../../../../src/plan/secret-rules.ts';
import { findSecrets } from '../../../../src/plan/secrets.ts';
import { change, findings, rulesOf } from './change.ts';

// Put together here, so that this file has none in it.
const LONG = 'aB3dE6gH9jK2mN5pQ8sT'.repeat(8);
const of = (length: number) => LONG.slice(0, length);
const hex = (length: number) => '0a1b2c3d4e5f6789'.repeat(8).slice(0, length);
const PEM = ['-----BEGIN', 'OPENSSH', 'PRIVATE', 'KEY-----'].join(' ');
const PLAIN_PEM = PEM.replace('OPENSSH ', '');
const TOKEN = `ghp_${of(36)}`;
const ADDRESS = `https://deploy:${of(12)}@db.shop.io/x`;

const kindsIn = async (text: string, path = 'a.txt') =>
  (await findSecrets(path, text)).map(({ line, kind }) => ({ line, kind }));

describe('findSecrets', () => {
  it.each([
    ['private key', `${PEM}\n${of(64)}`],
    ['private key', `"${PEM}\\n${of(64)}"`],
    ['private key', `${PLAIN_PEM}\nProc-Type: 4,ENCRYPTED\nDEK-Info: x\n\n${of(64)}`],
    [
      'private key',
      `${PLAIN_PEM}\nMII${of(61)}\n${of(64)}\n${of(40)}==\n${PLAIN_PEM.replace('BEGIN', 'END')}\n`,
    ],
    ['AWS access key', `AKIA${'Q2W3E4R5T6Y7U2I3'}`],
    ['AWS secret key', `aws_secret_access_key = ${of(40)}`],
    ['GitHub token', `ghs_${of(36)}`],
    ['GitHub token', `ghp_${of(60)}`],
    ['GitHub token', `github_pat_${of(22)}_${of(59)}`],
    ['GitLab token', `glpat-${of(20)}`],
    ['GitLab token', `glpat-${of(50)}`],
    ['Slack token', `xoxb-123456789012-${of(24)}`],
    ['Slack token', `xoxe-1-${of(30)}`],
    ['Slack token', `xapp-1-A0AB12CD3-1234567890-${hex(32)}`],
    ['Slack token', `https://hooks.slack.com/services/T0AB12CD3/B0AB12CD3/${of(24)}`],
    ['Slack webhook', `https://hooks.slack.com/workflows/T0AB12CD3/A0AB12CD3/123456789012345678/${of(24)}`],
    ['npm token', `npm_${of(36)}`],
    ['PyPI token', `pypi-AgEIcHlwaS5vcmc${of(60)}`],
    ['Google API key', `AIza${of(35)}`],
    ['Google OAuth secret', `GOCSPX-${of(28)}`],
    ['Anthropic key', `sk-ant-api03-${of(95)}`],
    ['OpenAI key', `sk-proj-${of(60)}`],
    ['OpenAI key', `sk-${of(48)}`],
    ['OpenAI key', `sk-${of(20)}${'T3Blbk'}FJ${of(20)}`],
    ['Stripe key', `sk_live_${of(24)}`],
    ['Hugging Face token', `hf_${of(34)}`],
    ['SendGrid key', `SG.${of(22)}.${of(43)}`],
    ['Vault token', `hvs.${of(95)}`],
    ['Shopify key', `shpat_${hex(32)}`],
    ['Linear key', `lin_api_${of(40)}`],
    ['Grafana token', `glsa_${of(32)}_${hex(8)}`],
    ['Docker token', `dckr_pat_${of(27)}`],
    ['Notion token', `ntn_12345678901${of(35)}`],
    ['password in an address', ADDRESS],
    ['password in an address', `postgres://shop:${of(12)}@db.shop.io:5432/x`],
    ['GitHub token', `https://deploy:${TOKEN}@github.com/a/b`],
  ])('%s', async (kind, secret) => {
    expect(await kindsIn(`first line\nconst key = "${secret}";\n`)).toEqual([{ line: 2, kind }]);
    expect(await kindsIn(secret)).toHaveLength(1);
  });

  it.each([
    ['a placeholder', `ghp_${'x'.repeat(36)}`],
    ['the example of the AWS manual', `AKIA${'IOSFODNN7'}EXAMPLE`],
    ['the number of an AWS account', 'aws_account_id = 1234-5678-9012'],
    ['a key that is only named', `if (text.includes('${PEM}')) {}`],
    ['a public key', `-----BEGIN PUBLIC KEY-----\n${of(64)}`],
    ['a hash', 'a94a8fe5ccb19ba61c4c0873d391e987982fbbd3'],
    ['prose', 'sk-learn and npm_install, AIza'],
    ['a password for this machine', `postgres://shop:${of(12)}@localhost:5432/x`],
    ['a password for a container', `postgres://shop:${of(12)}@db:5432/x`],
    ['a password for an example', `https://deploy:${of(12)}@db.example.org/x`],
    ['a variable in an address', 'https://deploy:$' + '{PASSWORD}@db.shop.io/x'],
  ])('not %s', async (_name, text) => {
    expect(await kindsIn(text)).toEqual([]);
  });

  it('looks at what an .npmrc says', async () => {
    const line = `//registry.shop.io/:_authToken=${hex(36)}`;
    expect(await kindsIn(line, 'web/.npmrc')).toEqual([{ line: 1, kind: 'npm token' }]);
  });

  it('is not told by the text what to leave out', async () => {
    expect(await kindsIn(`// secretlint-disable\nconst a = "SG.${of(22)}.${of(43)}";`)).toHaveLength(1);
  });

  it('never reads the disk: a path is what an agent chose', async () => {
    expect(await findSecrets('/etc/passwd.p12', 'x')).toEqual([]);
    expect(await runSecretRules('/nowhere/key.p12', 'x')).toEqual([]);
  });

  it('looks into all of a long text, once', async () => {
    const filler = 'const a = 1;\n'.repeat(100_000);
    const text = `${filler}a = "${TOKEN}"\n${filler}b = "SG.${of(22)}.${of(43)}"\n`;
    expect(await kindsIn(text)).toEqual([
      { line: 100_001, kind: 'GitHub token' },
      { line: 200_002, kind: 'SendGrid key' },
    ]);
  });

  it('finds what lies across the end of a piece', async () => {
    for (const before of [1024 * 1024 - 20, 1024 * 1024 - 16 * 1024 - 20]) {
      expect(await kindsIn(`${' '.repeat(before)} ${TOKEN} `)).toHaveLength(1);
    }
  });

  it.each([
    ['keys that are only begun', `${PEM} `],
    ['hyphens', 'a-'],
    ['tokens of Slack', 'xoxb-a-'],
    ['addresses', 'https://a:'],
    ['addresses with a name', 'postgres://a:b'],
    ['one address', '/'],
    ['one word', 'A0'],
    ['spaces', ' '],
    ['names of keys', 'aws_secret_access_key='],
    ['secrets', `ghp_${of(36)} `],
    ['braces', '{{a'],
    ['base64', 'eyJh'],
  ])(
    'takes a megabyte of %s in its stride',
    async (_name, unit) => {
      expect(await findSecrets('a.txt', unit.repeat(1_000_000 / unit.length))).toBeInstanceOf(Array);
    },
    20_000,
  );
});

describe('the contract', () => {
  const file = (newText: string, oldText: string | null = 'x\n') => change('a.txt', { oldText, newText });

  it.each([
    ['a new secret', [file(`key=${TOKEN}\n`)], ['refused secret']],
    ['a secret that was there', [file(`y\nkey: "${TOKEN}"\n`, `key=${TOKEN}\n`)], []],
    ['another one beside it', [file(`${TOKEN}\nghs_${of(36)}\n`, `${TOKEN}\n`)], ['refused secret']],
    [
      'a secret that moved to another file',
      [file('x', `${TOKEN}\n`), change('b.txt', { status: 'added', newText: TOKEN })],
      [],
    ],
    ['a secret in a deleted file', [change('a.txt', { status: 'deleted', oldText: TOKEN })], []],
    ['a password in an address', [file(ADDRESS)], ['held password-in-address']],
    ['both', [file(`${ADDRESS}\n${TOKEN}\n`)], ['refused secret']],
    [
      'a secret in a binary file',
      [change('a.bin', { newText: null, newBinary: `\0\0${TOKEN}\0` })],
      ['refused secret'],
    ],
    [
      'a file that was not read',
      [change('a.bin', { newText: null, unread: true, newSize: 2e7 })],
      ['held limit-file-size', 'held not-looked-into'],
    ],
    [
      'a submodule',
      [change('a', { newText: null, unread: true, newMode: '160000', newSize: null })],
      ['refused submodule'],
    ],
  ])('%s', async (_name, files, expected) => {
    expect((await rulesOf(files)).sort()).toEqual([...expected].sort());
  });

  it('leaves out what a person allows', async () => {
    const config = { secrets: { allow: ['test/fixtures/**', '!test/fixtures/live/**'] } };
    const at = (path: string) => rulesOf([change(path, { newText: TOKEN })], { config });
    expect(await at('test/fixtures/a.txt')).toEqual([]);
    expect(await at('test/fixtures/live/a.txt')).toEqual(['refused secret']);
    expect(await at('src/a.txt')).toEqual(['refused secret']);
  });

  it('says where, and never what', async () => {
    const found = await findings([file(`a\nb\n${TOKEN}\n`), change('b', { newText: `${ADDRESS}` })]);
    expect(found.map(({ message }) => message)).toEqual([
      'a.txt: line 3: looks like a secret (GitHub token)',
      'b: line 1: looks like a secret (password in an address)',
    ]);
  });
});

describe('what an earlier commit of the branch has', () => {
  const passing = (text: string | null, over: object = {}) => ({
    path: 'a.txt',
    text,
    before: null,
    size: 9,
    ...over,
  });
  it.each([
    ['a secret that is gone again', [], passing(TOKEN), 'refused secret'],
    ['a secret in a binary file', [], passing(`\0${TOKEN}`), 'refused secret'],
    ['a password in an address', [], passing(ADDRESS), 'held password-in-address'],
    ['too large', [], passing(null, { size: 2e7 }), 'held not-looked-into'],
    ['nothing', [], passing('x'), null],
    ['what main has there', [], passing(`a ${TOKEN}`, { before: TOKEN }), null],
    ['what main had in a changed file', [change('b', { oldText: TOKEN })], passing(TOKEN), null],
    ['what is there still', [change('a.txt', { newText: TOKEN })], passing(TOKEN), 'refused secret'],
  ])('%s', async (_name, files, text, expected) => {
    expect(await rulesOf(files, { passing: [text] })).toEqual(expected === null ? [] : [expected]);
  });

  it('is said to be in the history, where it has to be taken out', async () => {
    const found = await findings([], { passing: [passing(`x\n${TOKEN}`)] });
    expect(found[0]?.message).toBe(
      'a.txt: an earlier commit of the branch, line 2: looks like a secret (GitHub token)',
    );
    const config = { secrets: { allow: ['a.txt'] } };
    expect(await findings([], { passing: [passing(TOKEN)], config })).toEqual([]);
  });
});
