import { expect, test } from 'vitest';
import { formatByteSize, parseByteSize } from '../../../src/task/byte-size.ts';

test.each([
  ['4096', 4096],
  ['10B', 10],
  ['500KB', 500_000],
  ['500 kb', 500_000],
  ['1MB', 1_000_000],
  ['2MiB', 2_097_152],
  ['1GB', 1_000_000_000],
  ['2GB', null],
  ['0', null],
  ['', null],
  ['1.5MB', null],
  ['-1', null],
  ['MB', null],
  ['1TB', null],
  ['1iB', null],
])('%j is %j bytes', (text, bytes) => {
  expect(parseByteSize(text)).toBe(bytes);
});

test.each([
  [0, '0 B'],
  [999, '999 B'],
  [1000, '1 KB'],
  [1_000_000, '1 MB'],
  [1_000_001, '1.001 MB'],
  [52_428_800, '52.429 MB'],
])('%j bytes are %j', (bytes, text) => {
  expect(formatByteSize(bytes)).toBe(text);
});
