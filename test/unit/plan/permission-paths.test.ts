import { expect, test } from 'vitest';
import { editablePaths } from '../../../src/plan/permission-paths.ts';
import type { Role } from '../../../src/role/role.ts';

const role = (mayEdit: string[]) => ({ name: 'developer', mayEdit }) as unknown as Role;
const OWN = 'backlog/A1-greet.md';

test('what the contract would hold because of the path alone is not begun', () => {
  const may = editablePaths(role(['**', '!backlog/**', '!docs/**', 'docs/api.md']), ['AGENTS.md'], OWN);
  expect(may('src/a.ts')).toBe(true);
  expect(may('docs/api.md')).toBe(true);
  expect(may('docs/guide.md')).toBe(false);
  expect(may('backlog/A2.md')).toBe(false);
  // Rota's own rules, what is put before every prompt, and what other people's programs run: `**` does not name them.
  for (const path of [
    'rota.yaml',
    'roles/developer.md',
    'AGENTS.md',
    '.npmrc',
    '.github/workflows/x.yml',
    '.claude/settings.json',
  ])
    expect(may(path), path).toBe(false);
});

test('the file of its own task, whose body is free', () => {
  const may = editablePaths(role(['src/**']), [], OWN);
  expect(may(OWN)).toBe(true);
  expect(may('backlog/A1-greet.md/x')).toBe(false);
});

test('what a role names, it may', () => {
  const may = editablePaths(role(['**', '.npmrc', 'rota.yaml', 'roles/**']), [], OWN);
  expect(['.npmrc', 'rota.yaml', 'roles/x.md'].map(may)).toEqual([true, true, true]);
});

test('never the folder itself, and never what git takes for its own', () => {
  const may = editablePaths(role(['**', '.git/**', '.git']), [], OWN);
  expect(['', '.git', '.git/config', 'a/.GIT/hooks', 'git~1/x', 'a/.git '].map(may)).toEqual(
    Array(6).fill(false),
  );
});
