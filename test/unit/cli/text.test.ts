import { describe, expect, test } from 'vitest';
import { parseKeyValues } from '../../../src/cli/key-values.ts';
import { listOption, splitList } from '../../../src/cli/options.ts';
import { makeOutput } from '../../../src/cli/output.ts';
import { formatDuration, formatSince } from '../../../src/cli/text/ago.ts';
import { cutToWidth, displayWidth } from '../../../src/cli/text/display-width.ts';
import { splitWords } from '../../../src/cli/text/split-words.ts';
import { formatTable } from '../../../src/cli/text/table.ts';

describe('display width', () => {
  test.each([
    ['', 0],
    ['abc', 3],
    ['äöü', 3],
    ['e\u0301', 1],
    ['日本', 4],
    ['👩‍👩‍👧', 2],
    ['\u200b', 0],
  ])('%j takes %i columns', (text, width) => expect(displayWidth(text)).toBe(width));

  test('cuts at a column, never in the middle of a character', () => {
    expect(cutToWidth('abcdef', 6)).toBe('abcdef');
    expect(cutToWidth('abcdef', 4)).toBe('abc…');
    expect(cutToWidth('日本語', 4)).toBe('日…');
    expect(cutToWidth('ab cd', 4)).toBe('ab…');
  });
});

describe('tables', () => {
  const rows = [
    { id: 'A1', title: 'a title that is long', role: '' },
    { id: 'A100', title: '日本', role: '' },
  ];
  const columns = [
    { head: 'ID', cell: (row: (typeof rows)[0]) => row.id },
    { head: 'TITLE', cell: (row: (typeof rows)[0]) => row.title, grows: true },
    { head: 'ROLE', cell: (row: (typeof rows)[0]) => row.role },
  ];
  const paintHead = (text: string) => text;

  test('are aligned, and leave out what is empty everywhere', () => {
    expect(formatTable(rows, columns, { width: null, paintHead })).toEqual([
      'ID    TITLE',
      'A1    a title that is long',
      'A100  日本',
    ]);
  });

  test('are cut to the width, in the column that grows, and colours do not count', () => {
    const painted = columns.map((column) => ({
      ...column,
      paint: (text: string) => `\u001b[1m${text}\u001b[0m`,
    }));
    const lines = formatTable(rows, painted, { width: 20, paintHead });
    expect(lines[1]).toBe('\u001b[1mA1\u001b[0m    \u001b[1ma title that…\u001b[0m');
  });
});

describe('words of the command line', () => {
  test.each([
    ['node tools/agent.mjs', ['node', 'tools/agent.mjs']],
    [`a 'b c' "d \\"e" f\\ g''h`, ['a', 'b c', 'd "e', 'f gh']],
    ['  ', []],
    [`x ""`, ['x', '']],
  ])('%j', (line, words) => expect(splitWords(line)).toEqual(words));

  test('an open quote is named', () => expect(() => splitWords(`a 'b`)).toThrow('A quote is not closed'));

  test('comma lists leave braces alone', () => {
    expect(splitList('src/{a,b}/**, docs/**,')).toEqual(['src/{a,b}/**', 'docs/**']);
    expect(listOption({ depends: ['A1,A2', 'A3'] }, 'depends')).toEqual(['A1', 'A2', 'A3']);
    expect(listOption({}, 'depends')).toEqual([]);
  });

  test('key=value: lists, numbers, removal, values with =', () => {
    expect(
      parseKeyValues([
        'Status=ready',
        'depends=[A1,A2]',
        'order=2',
        'epic=',
        'title=a = b',
        'touches=a/{b,c}/**',
      ]),
    ).toEqual({
      status: 'ready',
      depends: ['A1', 'A2'],
      order: 2,
      epic: undefined,
      title: 'a = b',
      touches: ['a/{b,c}/**'],
    });
    for (const word of ['status', '=x', '-x=1', 'lock=me', 'id=B1'])
      expect(() => parseKeyValues([word])).toThrow();
  });
});

test('durations in their largest unit', () => {
  expect([0, 59_400, 60_000, 3_599_000, 3_600_000, 90_000_000].map(formatDuration)).toEqual([
    '0 s',
    '59 s',
    '1 min',
    '59 min',
    '1 h',
    '1 d',
  ]);
  expect(formatSince('nonsense', new Date())).toBeNull();
  expect(formatSince('2026-01-01T00:00:00Z', new Date('2026-01-01T00:05:00Z'))).toBe('5 min');
});

describe('output', () => {
  const written = { out: '', err: '' };
  const parts = (tty: boolean, variables: Record<string, string>, json = false) => ({
    stdout: { isTTY: tty, columns: 80, write: (text: string) => (written.out += text) },
    stderr: { isTTY: tty, write: (text: string) => (written.err += text) },
    variables,
    json,
  });

  test.each([
    [true, {}, true],
    [false, {}, false],
    [true, { NO_COLOR: '1' }, false],
    [true, { NO_COLOR: '' }, true],
    [true, { TERM: 'dumb' }, false],
    [false, { FORCE_COLOR: '1' }, true],
    [true, { FORCE_COLOR: '0' }, false],
    [true, { NO_COLOR: '1', FORCE_COLOR: '1' }, false],
  ])('terminal %s, %j: coloured %s', (tty, variables, coloured) => {
    expect(makeOutput(parts(tty, variables)).colors.red('x') !== 'x').toBe(coloured);
  });

  test('with --json lines go to stderr: stdout has the document only', () => {
    const output = makeOutput(parts(false, {}, true));
    output.line('a line');
    output.note('a note');
    output.document({ a: [1] });
    expect(written).toEqual({ out: '{"a":[1]}\n', err: 'a line\na note\n' });
  });
});
