import { existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { sweep } from '../../../src/run/sweep/sweep.ts';
import { taskKey } from '../../../src/task/id.ts';
import { BRANCH } from '../worktree/open-test-project.ts';
import { ALL, DEAD, deadRun } from './dead-run.ts';

test('a worktree folder that a person deleted is forgotten', async () => {
  const { project, repo, made } = await deadRun();
  repo.git('-C', made.path, 'commit', '-qam', 'feat: work');
  rmSync(made.path, { recursive: true });
  expect((await sweep(project, ALL)).removed).toMatchObject([
    { task: 'A1', reason: expect.stringContaining('deleted by hand') },
  ]);
  expect(repo.git('worktree', 'list').split('\n')).toHaveLength(1);
  expect(repo.git('show', `${BRANCH}:src/a.txt`)).toBe('work of the dead');
});

test('--discard gives up what nobody landed; the branch stays', async () => {
  const { project, repo, made } = await deadRun();
  await sweep(project, ALL);
  writeFileSync(join(made.path, 'src/b.txt'), 'not committed\n');
  const report = await sweep(project, { ...ALL, discard: taskKey('A1') });
  expect(report.removed).toMatchObject([{ task: 'A1', worktree: made.path }]);
  expect(report.rescued).toMatchObject([
    { task: 'A1', rescue: expect.stringContaining('refs/rota/rescue/A1/') },
  ]);
  expect(repo.git('show', `${report.rescued[0]!.rescue}:src/b.txt`)).toBe('not committed');
  expect(repo.git('branch', '--list', 'ai/*')).toContain(BRANCH);
});

test('a removal that died half-way is put back, then done', async () => {
  const { project, made } = await deadRun();
  writeFileSync(join(made.path, 'src/a.txt'), 'a\n');
  const { files } = project.system;
  const death = new Error('death');
  const dying = {
    ...project,
    system: {
      ...project.system,
      files: {
        ...files,
        removeTree: async (path: string) => {
          if (path === made.adminDir) throw death;
          await files.removeTree(path);
        },
      },
    },
  };
  await expect(sweep(dying, ALL)).rejects.toBe(death);
  expect(existsSync(made.path)).toBe(false);
  const trash = join(project.worktrees, '.trash');
  const [name] = readdirSync(trash);
  await files.rename(join(trash, name!), join(trash, name!.replace(/_\d+_\d+_/, `_${DEAD.pid}_1_`)));
  const healing = await sweep(project, ALL);
  const removed = [...healing.removed, ...(await sweep(project, ALL)).removed];
  expect(removed).toMatchObject([{ task: 'A1' }]);
  expect(existsSync(made.adminDir)).toBe(false);
});
