import { expect, test } from 'vitest';
import { includedConfigs } from '../../../src/run/project/included-configs.ts';

const read = (text: string) => includedConfigs(text, '/home/pat/.config/git/config', '/home/pat');

test.each([
  ['[include]\n\tpath = /etc/more', ['/etc/more']],
  [
    '[include]\n\tpath = more.inc\n\tpath = ../up',
    ['/home/pat/.config/git/more.inc', '/home/pat/.config/up'],
  ],
  ['[INCLUDE]\r\n\tPath=~/work.inc\r\n', ['/home/pat/work.inc']],
  ['[include] path = one-line', ['/home/pat/.config/git/one-line']],
  ['[includeIf "gitdir:~/work/"]\n  path = "with space.inc" # why', ['/home/pat/.config/git/with space.inc']],
  ['[includeIf "onbranch:a\\"]b"]\n  path = quoted', ['/home/pat/.config/git/quoted']],
  ['[include]\n\tpath = "a\\"b;c" ; why', ['/home/pat/.config/git/a"b;c']],
  ['[include]\n\tpath =\n\tpath = ""\n\tother = x', []],
  ['[core]\n\tpath = /no\n[include "x"]\n[user]\n\tpath = /no', []],
  ['path = /no\n# [include]\n; path = x\n\u0000[[[', []],
])('%j', (text, paths) => {
  expect(read(text)).toEqual(paths);
});
