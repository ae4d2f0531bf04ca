import { existsSync, renameSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { isRotasFolder } from '../../../src/run/worktree/is-rotas-folder.ts';
import { removeWorktree } from '../../../src/run/worktree/remove-worktree.ts';
import { openTestProject } from './open-test-project.ts';

/** The folder of the worktrees, or one on the way down, moved elsewhere with a link in its place. */
async function linked(part: string) {
  const opened = await openTestProject();
  const { project, repo, make } = opened;
  const made = await make();
  const elsewhere = join(repo.sandbox.folder, 'elsewhere');
  renameSync(join(repo.root, part), elsewhere);
  symlinkSync(elsewhere, join(repo.root, part));
  expect(existsSync(join(made.path, 'src/a.txt'))).toBe(true);
  return { ...opened, project, made, elsewhere };
}

test.each([
  '.worktrees',
  '.worktrees/ai',
  '.worktrees/ai/developer',
  '.worktrees/ai/developer/A1-list-things',
])('behind a link in the place of %s nothing is removed, and no worktree is made', async (part) => {
  const { project, made, make, elsewhere } = await linked(part);
  expect(await isRotasFolder(project, made)).toBe(false);
  const removal = { task: 'A1', worktree: made, provisionedFile: '/nowhere', disposable: [], landed: null };
  expect(await removeWorktree(project, { ...removal, discard: true })).toMatchObject({ removed: false });
  expect(existsSync(join(made.path, 'src/a.txt'))).toBe(true);
  expect(existsSync(elsewhere)).toBe(true);
  await expect(make('RUN2')).rejects.toMatchObject({
    code: 'files',
    message: expect.stringContaining(`${part} is a symbolic link`),
  });
});
