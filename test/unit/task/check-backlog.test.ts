import { Buffer } from 'node:buffer';
import { describe, expect, it } from 'vitest';
import { parseTaskFile } from '../../../src/task/parse.ts';
import { checkBacklog } from '../../../src/task/rules/check-backlog.ts';
import { TASK_TYPES } from '../../../src/task/task.ts';

const roles = [
  {
    name: 'developer',
    takes: { type: TASK_TYPES.filter((type) => type !== 'epic' && type !== 'test' && type !== 'docs') },
  },
  { name: 'tester', takes: { type: ['test', 'bug'] as const } },
];
const check = (files: Record<string, string[]>) =>
  checkBacklog({
    roles,
    files: Object.entries(files).map(([name, lines]) =>
      parseTaskFile(
        `backlog/${name}.md`,
        Buffer.from(`---\ntitle: a\n${lines.map((line) => `${line}\n`).join('')}---\n`),
      ),
    ),
  });
const short = (files: Record<string, string[]>) =>
  check(files).map(({ file, line, rule }) => `${file.slice('backlog/'.length, -3)}:${line} ${rule}`);

describe('checkBacklog', () => {
  it('finds nothing in a sound backlog', () => {
    expect(
      check({
        A1: ['type: epic'],
        A2: ['epic: A1', 'depends: [A3]'],
        A3: ['type: test'],
        A4: ['type: bug', 'role: tester'],
        A5: ['type: docs', 'status: done'],
      }),
    ).toEqual([]);
  });
  it.each<[string, Record<string, string[]>, string[]]>([
    ['a malformed file', { A1: ['status: x'] }, ['A1:3 status']],
    ['an id twice', { 'A32-a': [], 'A032-b': ['id: A032'] }, ['A32-a:1 duplicate-id']],
    ['an unknown dependency', { A1: ['status: draft', 'depends: [A9]'] }, ['A1:4 unknown-dependency']],
    [
      'a dependency on a malformed task is known',
      { A1: ['depends: [A2]'], A2: ['status: x'] },
      ['A2:3 status'],
    ],
    ['itself', { A1: ['depends: [A01]'] }, ['A1:3 dependency-cycle']],
    [
      'a cycle',
      { A1: ['depends: [A2]'], A2: ['depends: [A3]'], A3: ['depends: [A1]'], A4: ['depends: [A1]'] },
      ['A1:3 dependency-cycle'],
    ],
    [
      'a dropped dependency',
      { A1: ['status: ready', 'depends: [A2]'], A2: ['status: dropped'] },
      ['A1:4 dropped-dependency'],
    ],
    ['an unknown epic', { A1: ['epic: A9'] }, ['A1:3 unknown-epic']],
    ['an epic that is none', { A1: ['epic: A2'], A2: [] }, ['A1:3 epic-type']],
    ['its own epic', { A1: ['type: epic', 'epic: A1'] }, ['A1:4 epic-type']],
    ['an unknown role', { A1: ['role: chef'] }, ['A1:3 unknown-role']],
    ['a type that nobody takes', { A1: ['type: docs'] }, ['A1:3 no-role']],
    ['a type that two take', { A1: ['type: bug'] }, ['A1:3 two-roles']],
  ])('%s', (_name, files, expected) => expect(short(files)).toEqual(expected));

  it('says what to do', () => {
    const messages = check({
      'A32-a': [],
      'A032-b': ['id: A032'],
      A1: ['depends: [A2]'],
      A2: ['depends: [A1]'],
    }).map((p) => p.message);
    expect(messages[0]).toContain('A1 -> A2 -> A1');
    expect(messages[1]).toMatch(/backlog\/A032-b\.md \(written A032 there\)/);
  });

  it('walks ten thousand tasks in one chain', () => {
    const files = Object.fromEntries(
      Array.from({ length: 10_000 }, (_, i) => [
        `A${i + 1}`,
        i === 9_999 ? ['depends: [A1]'] : [`depends: [A${i + 2}]`],
      ]),
    );
    expect(short(files)).toEqual(['A1:3 dependency-cycle']);
  });
});
