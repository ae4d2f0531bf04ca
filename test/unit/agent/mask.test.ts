import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { makeMask, NO_MASK } from '../../../src/agent/mask.ts';
import { secretVariables } from '../../../src/agent/secret-variables.ts';
import { parseConfig } from '../../../src/role/parse-config.ts';

const KEY = 'sk-ant-api03-Zx9"q\\w/+=é%T7';
const mask = makeMask([{ name: 'API_KEY', value: KEY }]);

/** A stream's whole output, fed in pieces of these sizes in turn. */
function fed(data: Buffer, sizes: readonly number[], of = mask): string {
  const stream = of.stream();
  const out: Buffer[] = [];
  let at = 0;
  for (let turn = 0; at < data.length; turn++) {
    const size = sizes[turn % sizes.length]!;
    out.push(stream.add(data.subarray(at, at + size)));
    at += size;
  }
  return Buffer.concat([...out, stream.end()]).toString('utf8');
}

describe('makeMask', () => {
  it.each([
    ['as it is', KEY],
    ["with JSON's escapes", JSON.stringify(KEY).slice(1, -1)],
    ["with a URL's escapes", encodeURIComponent(KEY)],
    ["with XML's escapes", KEY.replaceAll('"', '&quot;')],
    ['in hexadecimal', Buffer.from(KEY).toString('hex')],
    ['in HEXADECIMAL', Buffer.from(KEY).toString('hex').toUpperCase()],
  ])('takes a value out %s', (_, form) => {
    expect(mask.text(`a ${form} b ${form}`)).toBe('a ***API_KEY*** b ***API_KEY***');
    expect(fed(Buffer.from(`a ${form} b`), [1])).toBe('a ***API_KEY*** b');
  });

  it.each(['', 'x', 'user:', 'a:bc'])('takes it out of base64, also behind %j and before more', (before) => {
    for (const after of ['', 'y', 'yz', '\n'])
      for (const code of ['base64', 'base64url'] as const) {
        const form = Buffer.from(`${before}${KEY}${after}`).toString(code);
        const masked = mask.text(`Authorization: Basic ${form}`);
        expect(masked).toContain('***API_KEY***');
        const rest = masked.split(/\s|\*\*\*API_KEY\*\*\*/).join('');
        expect(rest).not.toContain(form.slice(6, 20));
      }
  });

  it('knows the lines of a value that has several, and leaves its headings', () => {
    const lines = [
      '-----BEGIN PRIVATE KEY-----',
      'MIIEvQIBADANBgkq',
      'hkiG9w0BAQEFAASC',
      '-----END PRIVATE KEY-----',
    ];
    const pem = makeMask([{ name: 'PEM', value: `${lines.join('\n')}\n` }]);
    expect(pem.text(`x ${lines.join('\n')} y`)).toBe('x ***PEM*** y');
    expect(pem.text(lines.map((line) => `  | ${line}`).join('\n'))).toBe(
      '  | -----BEGIN PRIVATE KEY-----\n  | ***PEM***\n  | ***PEM***\n  | -----END PRIVATE KEY-----',
    );
  });

  it('finds a very long value piece by piece', () => {
    const value = Array.from({ length: 9_000 }, (_, n) => `é${n}`).join('');
    const masked = makeMask([{ name: 'LONG', value }]).text(`a${value}b`);
    expect(masked).toMatch(/^a(?:\*\*\*LONG\*\*\*)+b$/);
  });

  it('leaves short values and empty ones alone', () => {
    expect(makeMask([{ name: 'A', value: '1234567' }])).toBe(NO_MASK);
    expect(makeMask([{ name: 'A', value: '  \n ' }])).toBe(NO_MASK);
    expect(NO_MASK.text('1234567')).toBe('1234567');
  });

  it('takes the longest of values that begin alike, wherever the pieces end', () => {
    const two = makeMask([
      { name: 'SHORT', value: 'abcdefgh' },
      { name: 'LONGER', value: 'abcdefghijkl' },
    ]);
    for (let cut = 1; cut < 20; cut++) {
      expect(fed(Buffer.from('1 abcdefghijkl 2 abcdefgh 3'), [cut], two)).toBe(
        '1 ***LONGER*** 2 ***SHORT*** 3',
      );
    }
    expect(fed(Buffer.from('abcdefghijk'), [3], two)).toBe('***SHORT***ijk');
  });

  it('counts the beginning of a value at the end of a stream as one', () => {
    expect(fed(Buffer.from(`x ${KEY.slice(0, 12)}`), [5])).toBe('x ***API_KEY***');
    expect(fed(Buffer.from('x sk-'), [5])).toBe('x sk-');
  });

  it('holds nothing back but what may be the beginning of a value', () => {
    const stream = mask.stream();
    expect(stream.add(Buffer.from('ready sk')).toString()).toBe('ready ');
    expect(stream.add(Buffer.from('ip it\n')).toString()).toBe('skip it\n');
    const chunk = Buffer.from('nothing of it');
    expect(stream.add(chunk).buffer).toBe(chunk.buffer);
  });

  it('goes through plain objects and lists, and leaves the rest as it is', () => {
    const at = new Date();
    const value = { at, list: [{ text: `a ${KEY}` }], n: 1, none: null };
    expect(mask.deep(value)).toEqual({ at, list: [{ text: 'a ***API_KEY***' }], n: 1, none: null });
    const clean = { a: ['b', { c: at }] };
    expect(mask.deep(clean)).toBe(clean);
  });

  it('never shows a value, and changes nothing else, however the pieces are cut', () => {
    const secrets = ['hunter2-hunter2', 'hunter2-hunter2-again', 'aaaaaaaab', 'résumé-key-01'];
    const all = makeMask(secrets.map((value, n) => ({ name: `S${n}`, value })));
    const piece = fc.oneof(
      fc.constantFrom(...secrets),
      fc.constantFrom('hunter2-', 'aaaaaaa', 'résum', 'again', '\n', ' '),
      fc.string({ maxLength: 10 }),
    );
    const sizes = fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), sizes, (pieces, cuts) => {
        const text = pieces.join('');
        const shown = fed(Buffer.from(`${text}.`), cuts, all);
        for (const secret of secrets) expect(shown).not.toContain(secret);
        // What is not marked is there, in its order.
        const kept = shown.split(/\*\*\*S\d\*\*\*/);
        let from = 0;
        for (const part of kept) {
          const found = `${text}.`.indexOf(part, from);
          expect(found).toBeGreaterThanOrEqual(from);
          from = found + part.length;
        }
        expect(shown).toBe(fed(Buffer.from(`${text}.`), [1000], all));
        if (!secrets.some((secret) => text.includes(secret))) expect(shown).toBe(`${text}.`);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('secretVariables', () => {
  const config = (text: string) => {
    const parsed = parseConfig(text);
    if ('problems' in parsed) throw new Error(JSON.stringify(parsed.problems));
    return parsed.config;
  };
  const variables = {
    API: 'value-one',
    NPM_TOKEN: 'value-two',
    NODE_OPTIONS: '--max-http=1',
    HOME: '/home/pat',
  };

  it('are those of env, and those of gate and proof that sound like a secret', () => {
    const text =
      'env: [API, MISSING]\ngate: [{run: x, env: [NPM_TOKEN, NODE_OPTIONS, DB]}]\n' +
      'proof: {run: "x {files} {report}", env: [PROOF_SECRET]}\n';
    const given = { ...variables, DB: 'postgres://me:pass@db/x', PROOF_SECRET: 'value-four' };
    expect(secretVariables(config(text), given)).toEqual([
      { name: 'API', value: 'value-one' },
      { name: 'NPM_TOKEN', value: 'value-two' },
      { name: 'DB', value: 'postgres://me:pass@db/x' },
      { name: 'PROOF_SECRET', value: 'value-four' },
    ]);
  });

  it('leave out what every program gets: a home folder is in every path', () => {
    expect(
      secretVariables(config('gate: none\nenv: [HOME, CARGO]\n'), { ...variables, CARGO: '/home/pat' }),
    ).toEqual([]);
  });
});
