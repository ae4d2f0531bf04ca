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

const CONTROL = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]/;
