import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openRunFolder } from '../../../src/run/project/run-folder.ts';
import { sweep } from '../../../src/run/sweep/sweep.ts';
import { BRANCH } from '../worktree/open-test-project.ts';
import { ALL, deadRun } from './dead-run.ts';

test('a dry run writes nothing and says what it would do', async () => {
  const { project, repo } = await deadRun();
  await openRunFolder(project.system, project.repository, {
    run: 'OLD',
    role: 'developer',
    task: 'A1',
    branch: BRANCH,
  });
  const before = hashOf(repo.root);
  const report = await sweep(project, { ...ALL, dryRun: true });
  expect(report.freed).toMatchObject([{ task: 'A1', reason: expect.stringContaining('would be freed') }]);
  expect(hashOf(repo.root)).toBe(before);
});

/** Of every file below a folder, names and modes included. */
function hashOf(folder: string): string {
  const hash = createHash('sha256');
  const visit = (path: string): void => {
    for (const name of readdirSync(path).toSorted()) {
      const inside = join(path, name);
      const stat = statSync(inside, { throwIfNoEntry: false });
      hash.update(`${inside} ${stat?.mode}\n`);
      if (stat?.isDirectory()) visit(inside);
      else if (stat !== undefined) hash.update(readFileSync(inside));
    }
  };
  visit(folder);
  return hash.digest('hex');
}
