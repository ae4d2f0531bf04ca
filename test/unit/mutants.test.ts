import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { MUTANTS } from '../../scripts/mutants/table.mjs';

const ROOT = resolve(import.meta.dirname, '../..');
const read = (file: string) => readFileSync(join(ROOT, file), 'utf8');

/** That they are killed is for `npm run mutants` to see; here only that they still fit. */
describe('the mutants of npm run mutants', () => {
  it.each(MUTANTS)('$promise, $name: the guard is there once, and so is the test file', (mutant) => {
    const { file, find, replace, also = [], test } = mutant;
    expect(existsSync(join(ROOT, test))).toBe(true);
    const texts = new Map<string, string>();
    for (const edit of [{ file, find, replace }, ...also]) {
      const parts = (texts.get(edit.file) ?? read(edit.file)).split(edit.find);
      expect(parts.length - 1, `how often ${edit.file} has ${edit.find}`).toBe(1);
      texts.set(edit.file, parts.join(edit.replace));
    }
  });

  it('are those of docs/promises.md, at least one for each promise', () => {
    const [promises = '', seen = ''] = read('docs/promises.md').split('\n## Seen to fail\n');
    const rows = promises.match(/^\| \d+ \|.*$/gm) ?? [];
    const told = (seen.match(/^\| (?:\d+|-) \|.*$/gm) ?? []).map((row) =>
      row.replace(/\[[^\]]*\]\(\.\.\/([^)]*)\)/, '$1'),
    );
    const expected = MUTANTS.map(
      ({ promise, name, test, title }) => `| ${promise ?? '-'} | ${name} | ${test}: "${title}" |`,
    );
    expect(told).toEqual(expected);
    for (const [index, row] of rows.entries()) {
      const own = MUTANTS.filter(({ promise }) => promise === index + 1).length;
      expect(row).toContain(`| [${own} of ${own}](#seen-to-fail) |`);
    }
    const promised = MUTANTS.flatMap(({ promise }) => promise ?? []);
    expect([...new Set(promised)]).toEqual(rows.map((_, index) => index + 1));
    expect(new Set(MUTANTS.map(({ name }) => name)).size).toBe(MUTANTS.length);
  });
});
