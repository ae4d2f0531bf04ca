import { chmodSync, existsSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { addTask } from '../../../src/run/backlog/add-task.ts';
import { openRunFolder } from '../../../src/run/project/run-folder.ts';
import { sweep } from '../../../src/run/sweep/sweep.ts';
import { commitOf } from '../../../src/run/worktree/ancestry.ts';
import { BRANCH, openTestProject } from '../worktree/open-test-project.ts';

const NOWHERE = '1234567890123456789012345678901234567890';

test("an entry of git's that names a person's folder does not get it taken away", async () => {
  const at = await openTestProject();
  const theirs = join(at.repo.sandbox.folder, 'theirs');
  at.repo.git('worktree', 'add', '-q', '--detach', theirs);
  const made = await at.make('RUN1');
  const about = { run: 'RUN1', role: 'developer', task: 'A1', branch: BRANCH };
  const folder = await openRunFolder(at.project.system, at.project.repository, about);
  await folder.note({ base: made.base, outcome: 'interrupted', ended: '2026-11-20T11:03:23Z' });
  writeFileSync(join(made.adminDir, 'gitdir'), `${theirs}/.git\n`);
  const { removed, kept } = await sweep(at.project, { dryRun: false, discard: null });
  expect(existsSync(join(theirs, 'src/a.txt'))).toBe(true);
  expect(removed).toEqual([]);
  expect(kept).toMatchObject([{ worktree: theirs, reason: expect.stringContaining("not one of rota's") }]);
  await expect(at.make('RUN2')).rejects.toThrow('names a folder that is not rota');
  expect(existsSync(join(theirs, 'src/a.txt'))).toBe(true);
});

test("a missing object starts no command of the repository's config", async () => {
  const at = await openTestProject();
  const ran = join(at.repo.sandbox.folder, 'ran');
  const program = join(at.repo.sandbox.folder, 'upload-pack.sh');
  writeFileSync(program, `#!/bin/sh\ntouch '${ran}'\nexit 1\n`);
  chmodSync(program, 0o755);
  for (const [key, value] of Object.entries({
    'remote.evil.url': at.repo.root,
    'remote.evil.promisor': 'true',
    'remote.evil.uploadpack': program,
  }))
    at.repo.git('config', key, value);
  expect(await commitOf(at.project, NOWHERE)).toBe(null);
  expect(existsSync(ran)).toBe(false);
});

test("bringing a person's checkout along runs no filter of the repository's config", async () => {
  const at = await openTestProject();
  const ran = join(at.repo.sandbox.folder, 'ran');
  // Another time of change makes git read the file again.
  utimesSync(join(at.repo.root, 'src/a.txt'), 1, 1);
  at.repo.git('config', 'filter.evil.clean', `touch '${ran}'; cat`);
  writeFileSync(join(at.project.repository.gitDir, 'info/attributes'), 'src/a.txt filter=evil\n');
  expect(await addTask(at.project, { title: 'Another' })).toMatchObject({ answer: { id: 'A2' } });
  expect(existsSync(join(at.repo.root, 'backlog/A2-another.md'))).toBe(true);
  expect(existsSync(ran)).toBe(false);
  at.repo.git('config', '--remove-section', 'filter.evil');
  expect(at.repo.git('status', '--porcelain')).toBe('');
});
