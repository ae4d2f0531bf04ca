import { describe, expect, it } from 'vitest';
import { change, findings, rulesOf } from './change.ts';

const files = (count: number) => Array.from({ length: count }, (_, index) => change(`src/${index}.ts`));
const messages = async (...given: Parameters<typeof findings>) =>
  (await findings(...given)).map(({ path, message }) => `${path} ${message}`);

describe('changed files', () => {
  it('holds one more than allowed, with both numbers', async () => {
    expect(await rulesOf(files(100))).toEqual([]);
    expect(await rulesOf(files(101))).toEqual(['held limit-files']);
    expect(await messages(files(1201))).toEqual([
      '. 1,201 files changed; role developer may change 100 (limits: {files: 100})',
    ]);
  });

  it('takes what the role says instead, key by key', async () => {
    expect(await rulesOf(files(3), { role: { limits: { files: 2 } } })).toEqual(['held limit-files']);
    expect(await rulesOf(files(300), { role: { limits: { files: 500 } } })).toEqual([]);
    const lines = [change('a.ts', { added: 5001, removed: 0 })];
    expect(await rulesOf(lines, { role: { limits: { files: 500 } } })).toEqual(['held limit-lines']);
  });
});

describe('changed lines', () => {
  it('counts added and removed lines of every file', async () => {
    const a = change('a.ts', { added: 2000, removed: 1000 });
    expect(await rulesOf([a, change('b.ts', { added: 1000, removed: 1000 })])).toEqual([]);
    expect(await messages([a, change('b.ts', { added: 1000, removed: 1001 })])).toEqual([
      '. 5,001 lines added and removed; role developer may change 5,000 (limits: {lines: 5000})',
    ]);
  });

  it.each(['package-lock.json', 'web/yarn.lock', 'Cargo.lock', 'go.sum'])(
    'does not count %s',
    async (path) => {
      expect(await rulesOf([change(path, { added: 90_000 }), change('package.json')])).not.toContain(
        'held limit-lines',
      );
    },
  );

  it('counts none in a binary file', async () => {
    expect(await rulesOf([change('a.png', { newText: null, added: null, removed: null })])).toEqual([]);
  });
});

describe('the size of a file', () => {
  const sized = (newSize: number | null, oldSize: number | null = null, path = 'a.bin') =>
    change(path, { newText: null, oldText: null, newSize, oldSize });
  it.each([
    ['as large as allowed', sized(1_000_000), []],
    ['a byte more', sized(1_000_001), ['held limit-file-size']],
    ['too large before, and grown', sized(3_000_001, 3_000_000), ['held limit-file-size']],
    ['too large before, and not grown', sized(3_000_000, 3_000_000), []],
    ['a lock file', sized(5_000_000, null, 'pnpm-lock.yaml'), ['held lockfile-alone']],
    ['a submodule', change('a', { newMode: '160000', newText: null, newSize: null }), ['refused submodule']],
  ])('%s', async (_name, file, expected) => {
    expect(await rulesOf([file])).toEqual(expected);
  });

  it('says both sizes', async () => {
    expect(await messages([change('a.bin', { status: 'added', newText: null, newSize: 1_000_001 })])).toEqual(
      ['a.bin added a.bin: 1.001 MB; role developer may write files of 1 MB (limits: {file-size: 1MB})'],
    );
  });
});
