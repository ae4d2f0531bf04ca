import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { codeOf, compile, loadCompiled } from '../../src/cli/load-compiled.ts';

function made(text: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'rota-test-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'x.cjs');
  writeFileSync(file, text);
  return file;
}

const TEXT =
  "const { sep } = require('node:path'); module.exports = { all: [sep, __filename, typeof exports] };";

test('a file without code is loaded as node does', () => {
  const file = made(TEXT);
  expect(loadCompiled(file)).toEqual({ all: ['/', file, 'object'] });
});

test('the code that was left beside it is taken, and gives the same', () => {
  const file = made(TEXT);
  writeFileSync(codeOf(file), compile(file, undefined).createCachedData());
  expect(loadCompiled(file)).toEqual({ all: ['/', file, 'object'] });
  // Same length, as V8 compares it: it is really the code that ran, so a name must never get another text.
  writeFileSync(file, TEXT.replace('node:path', 'node:path'.replace('path', 'xxxx')));
  expect(loadCompiled(file)).toEqual({ all: ['/', file, 'object'] });
});

test.each([
  ['cut off', (code: Buffer) => code.subarray(0, code.length / 2)],
  ['empty', () => Buffer.alloc(0)],
  ['of another node', (code: Buffer) => Buffer.from(code).fill(0, 4, 16)],
  ['something else', () => Buffer.from('no code at all '.repeat(100))],
])('code that is %s is not used', (_, spoil) => {
  const file = made(TEXT);
  writeFileSync(codeOf(file), spoil(compile(file, undefined).createCachedData()));
  expect(loadCompiled(file)).toEqual({ all: ['/', file, 'object'] });
});
