import { Buffer } from 'node:buffer';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseTaskFile } from '../../../src/task/parse.ts';
import { CORPUS, corpusBytes, corpusFolder } from '../../corpus/corpus.ts';

describe('a hostile backlog', () => {
  for (const { name, files } of CORPUS) {
    describe(`${name}: ${files.length} files`, () => {
      it('has a line of its table for every file, and a file for every line', () => {
        const there = readdirSync(join(corpusFolder, name)).sort();
        expect(there).toEqual(files.map((file) => file.name).sort());
      });

      it.each(files.map((file) => [`${file.name}: ${file.why}`, file] as const))('%s', (_title, file) => {
        const parsed = parseTaskFile(file.path, corpusBytes(name, file));
        expect(parsed).toMatchObject({ kind: file.expected.kind });
        if (parsed.kind === 'task' && file.expected.kind === 'task') {
          expect(parsed.task).toMatchObject(file.expected.values);
        }
        if (parsed.kind === 'malformed' && file.expected.kind === 'malformed') {
          const found = parsed.problems.map(({ line, rule }) => [line, rule]);
          expect(found, JSON.stringify(parsed.problems)).toEqual(
            file.expected.problems.map(([line, rule]) => [line, rule]),
          );
          file.expected.problems.forEach(([, , message], at) => {
            expect(parsed.problems[at]?.message.slice(0, message.length)).toBe(message);
          });
          for (const problem of parsed.problems) {
            expect(problem.file).toBe(file.path);
            expect(problem.message).not.toMatch(CONTROL);
            expect(problem.message.length).toBeGreaterThan(10);
          }
        }
      });
    });
  }
});

/** Too large for git, or nothing to look at. */
const LARGE: readonly [name: string, text: string, line: number, message: RegExp][] = [
  ['10 MB of body', `---\ntitle: a\n---\n${'x'.repeat(10_000_000)}`, 1, /10000017 bytes; .* at most 1 MiB/],
  ['10 MB of front-matter', `---\n${'title: a\n'.repeat(1_100_000)}---\n`, 1, /at most 1 MiB/],
  ['100,000 keys', matter(lines(100_000, (i) => `k${i}: 1`)), 2, /larger than 64 KiB/],
  ['7,000 keys', matter(lines(7000, (i) => `k${i}: 1`)), 2, /larger than 64 KiB|more than 1000 lines/],
  ['10,000 brackets', matter(`title: ${'['.repeat(10_000)}\n`), 2, /more than 2000 brackets/],
  [
    '10,000 brackets, closed',
    matter(`title: ${'['.repeat(10_000)}${']'.repeat(10_000)}\n`),
    2,
    /more than 2000/,
  ],
  [
    '900 brackets',
    matter(`title: ${'['.repeat(900)}${']'.repeat(900)}\n`),
    2,
    /nested too deeply|not a list/,
  ],
  ['10,000 lists in lists', matter(`title:\n  ${'- '.repeat(10_000)}a\n`), 2, /more than 2000/],
  ['10,000 aliases', matter(`title: &t a\nx: [${'*t, '.repeat(10_000)}]\n`), 2, /more than 2000/],
  [
    '900 aliases',
    matter(`title: &t [a]\nx: [${'*t, '.repeat(450)}]\n`),
    2,
    /aliases .* repeat too much|not a list/,
  ],
  ['a first line of 1 MB', `---${' '.repeat(1_000_000)}x\n---\n`, 1, /must be exactly `---`/],
  [
    'a title of 60,000 characters',
    matter(`title: ${'é'.repeat(60_000)}\n`),
    2,
    /60000 characters; at most 300/,
  ],
];

describe(`what is too large, ${LARGE.length} cases`, () => {
  it.each(LARGE)('%s: refused, named', (_name, text, line, message) => {
    const parsed = parseTaskFile('backlog/A1-large.md', Buffer.from(text));
    expect(parsed).toMatchObject({ kind: 'malformed', id: 'A1' });
    expect(parsed.kind === 'malformed' && parsed.problems[0]?.line).toBe(line);
    expect(parsed.kind === 'malformed' && parsed.problems[0]?.message).toMatch(message);
  });
});

function matter(text: string): string {
  return `---\n${text}---\n`;
}

function lines(count: number, line: (index: number) => string): string {
  return Array.from({ length: count }, (_, index) => `${line(index)}\n`).join('');
}

const CONTROL = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]/;
