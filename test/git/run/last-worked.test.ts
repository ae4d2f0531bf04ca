import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { noteWorked, readLastWorked } from '../../../src/run/schedule/last-worked.ts';
import { openTestProject } from '../worktree/open-test-project.ts';

async function place() {
  const { project } = await openTestProject();
  const { system, repository } = project;
  const path = join(repository.rotaDir, 'schedule/developer.json');
  return {
    path,
    note: () => noteWorked(system, repository, 'developer', { outcome: 'landed', task: 'A1' }),
    read: () => readLastWorked(system, repository, 'developer'),
  };
}

test('what an agent has put in the place of the note goes, and what a link leads to stays as it is', async () => {
  const { path, note, read } = await place();
  expect(await read()).toBeNull();
  mkdirSync(join(path, 'in/it'), { recursive: true });
  expect(await read()).toBeNull();
  expect(await note()).toBeNull();
  expect(await read()).toMatchObject({ outcome: 'landed', task: 'A1' });
  const own = join(dirname(path), '../own.txt');
  writeFileSync(own, 'mine\n');
  rmSync(path);
  symlinkSync(own, path);
  expect(await read()).toBeNull();
  expect(await note()).toBeNull();
  expect(readFileSync(own, 'utf8')).toBe('mine\n');
  expect(await read()).toMatchObject({ outcome: 'landed' });
});

test('a note that cannot be written is said and ends no run; one that is damaged is none', async () => {
  const { path, note, read } = await place();
  mkdirSync(dirname(dirname(path)), { recursive: true });
  writeFileSync(dirname(path), '');
  expect(await note()).toMatch(/^when developer worked could not be noted: .*cannot be made/);
  expect(await read()).toBeNull();
  rmSync(dirname(path));
  mkdirSync(dirname(path));
  for (const text of [
    '',
    '{',
    'null',
    '[]',
    '{"at":"x","outcome":"landed"}',
    '{"at":"2026-11-21","outcome":"x"}',
  ]) {
    writeFileSync(path, text);
    expect(await read(), text).toBeNull();
  }
});
