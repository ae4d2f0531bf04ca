import { Buffer } from 'node:buffer';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseDuration } from '../../../src/task/duration.ts';
import { parseMoment } from '../../../src/task/moment.ts';
import { nearestName } from '../../../src/task/nearest.ts';
import { nextId, renderTask, taskFileName } from '../../../src/task/new-task.ts';
import { parseTaskFile } from '../../../src/task/parse.ts';
import { nextOccurrence, parseRepeat } from '../../../src/task/repeat.ts';
import { branchOf, slugOf } from '../../../src/task/slug.ts';
import { PRIORITIES, STATUSES, TASK_TYPES } from '../../../src/task/task.ts';
import { plainLines, plainText } from '../../../src/task/text.ts';

describe('plainText', () => {
  it.each([
    ['a\x1b[31mred\x1b[0m', 'ared'],
    ['\x1b]0;title\x07x', 'x'],
    ['\x1b]8;;http://x\x1b\\link', 'link'],
    ['a\u009b2Jb', 'ab'],
    ['a\r\nb\tc', 'a b c'],
    ['a\u202eb\u2066', 'ab'],
    ['\x1bcx', 'x'],
    ['a\0b\x7f', 'ab'],
    ['👩‍👩‍👧 é', '👩‍👩‍👧 é'],
    ['\ud800x', 'x'],
    ['\x1bP1$r\x1b\\x', 'x'],
  ])('%j is %j', (text, expected) => expect(plainText(text)).toBe(expected));
  it('leaves nothing that moves a cursor', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(plainText(text)).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/);
        expect(plainText(plainText(text))).toBe(plainText(text));
        expect(plainLines(text)).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/);
      }),
    );
    expect(plainLines('a\r\n\tb\x1b[1m\rc')).toBe('a\n\tb\nc');
  });
});

describe('durations and moments', () => {
  it.each([
    ['60m', 3_600_000],
    ['7d', 604_800_000],
    ['90s', 90_000],
    ['250ms', 250],
    ['12h', 43_200_000],
    ['0s', 0],
  ])('%s', (text, ms) => expect(parseDuration(text)).toBe(ms));
  it.each(['', '7', 'd', '-1d', '1.5h', '1h30m', '7 d', '999999999w', '1D'])('%j is no duration', (text) =>
    expect(parseDuration(text)).toBeNull(),
  );
  it.each([
    ['2026-12-01', '2026-12-01'],
    ['2026-12-01T09:00', '2026-12-01T09:00:00Z'],
    ['2026-12-01 09:00:30 -02:00', '2026-12-01T11:00:30Z'],
    ['2026-12-01T09:00z', '2026-12-01T09:00:00Z'],
    ['2026-02-30', null],
    ['2026-13-01', null],
    ['2026-12-01T25:00', null],
    ['1.12.2026', null],
    ['', null],
    ['tomorrow', null],
  ])('%j is %j', (text, expected) => expect(parseMoment(text)).toBe(expected));
});

describe('repeat', () => {
  const now = new Date('2026-11-20T11:03:23Z');
  it.each([
    ['7d', '2026-11-27T11:03:23Z'],
    ['0 6 * * 1', '2026-11-23T06:00:00Z'],
    ['@daily', '2026-11-21T00:00:00Z'],
  ])('%s', (text, next) => {
    expect(nextOccurrence(text, now)).toEqual(new Date(next));
  });
  it.each([
    '',
    '0d',
    '10s',
    'soon',
    '* * * *',
    '0 0 30 2 *',
    '61 * * * *',
    '@reboot',
    '* * * * * *',
    `${'1,'.repeat(100)}1 * * * *`,
  ])('%j is none', (text) => {
    expect(parseRepeat(text)).toBeNull();
    expect(() => nextOccurrence(text, now)).toThrow(/never/);
  });
});

describe('slugs and names', () => {
  it.each([
    ["List a member's event registrations", 'list-a-members-event-registrations'],
    ['Ünïcode Straße', 'unicode-stra-e'],
    ['漢字', ''],
    ['--x--', 'x'],
    ['../../etc', 'etc'],
    ['a.lock', 'a-lock'],
    ['HEAD@{1}', 'head-1'],
  ])('%j gives %j', (title, slug) => expect(slugOf(title)).toBe(slug));
  it('make good refs and paths of any title', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 120 }), (title) => {
        expect(slugOf(title)).toMatch(/^(?:[a-z0-9](?:[a-z0-9-]{0,48}[a-z0-9])?)?$/);
        expect(branchOf('developer', { id: 'A32', title })).toMatch(
          /^ai\/developer\/A32(?:-[a-z0-9][a-z0-9-]*)?$/,
        );
      }),
    );
    expect(slugOf('word '.repeat(30))).toBe('word-word-word-word-word-word-word-word-word-word');
    expect(taskFileName('A32', 'Foo!')).toBe('A32-foo.md');
    expect(taskFileName('A32', '漢')).toBe('A32.md');
  });
  it('give the next id', () => {
    expect(nextId('A', [])).toBe('A1');
    expect(nextId('A', ['A2', 'A010', 'B99', 'AB12', 'A3-7', 'x'])).toBe('A11');
    expect(nextId('SHOP-', ['SHOP-9', 'A20'])).toBe('SHOP-10');
    expect(() => nextId('A1', [])).toThrow(/prefix|start/);
    expect(() => nextId('A', ['A999999'])).toThrow(/taken/);
  });
  it('find the nearest name', () => {
    const known = ['id', 'priority', 'not-before', 'role'];
    expect(
      ['prioirty', 'priorit', 'not_before', 'ROLE', 'rol', 'ID'].map((name) => nearestName(name, known)),
    ).toEqual(['priority', 'priority', 'not-before', 'role', 'role', 'id']);
    expect(['is', 'tags', 'assignee', '', 'x'].map((name) => nearestName(name, known))).toEqual([
      null,
      null,
      null,
      null,
      null,
    ]);
  });
});

describe('renderTask', () => {
  it('has the documented layout', () => {
    expect(
      renderTask({
        id: 'A3',
        title: 'a: b',
        type: 'bug',
        depends: ['A1', 'A2'],
        touches: [],
        body: '\nWhat.\n\n',
      }),
    ).toBe('---\nid: A3\ntitle: "a: b"\ntype: bug\ndepends: [A1, A2]\n---\n\nWhat.\n');
  });
  it('is read back as it was given', () => {
    const title = fc
      .string({ unit: 'grapheme', minLength: 1 })
      .map((t) => plainText(t).replace(/\s+/g, ' ').trim())
      .filter((t) => t !== '' && t.length <= 300);
    const given = fc.record({
      title,
      type: fc.constantFrom(...TASK_TYPES),
      priority: fc.constantFrom(...PRIORITIES),
      status: fc.constantFrom(...STATUSES),
      order: fc.integer({ min: -1000, max: 1000 }),
      depends: fc.array(fc.constantFrom('A1', 'B-2')),
      touches: fc.array(fc.constantFrom('src/**', '**/*.ts', '{a,b}/c', 'a b', '[x].ts')),
    });
    fc.assert(
      fc.property(given, (task) => {
        const parsed = parseTaskFile('backlog/A7-x.md', Buffer.from(renderTask({ id: 'A7', ...task })));
        expect(parsed).toMatchObject({ kind: 'task', task: { id: 'A7', ...task } });
      }),
      { numRuns: 300 },
    );
  });
});
