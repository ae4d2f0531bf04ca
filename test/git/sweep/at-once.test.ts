import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { BRANCH, FILES } from '../worktree/open-test-project.ts';
import { deadRun, FILE } from './dead-run.ts';
import { recordNow } from './task-records.ts';

test('four sweeping processes at once free a dead lock once', async () => {
  const { repo, project } = await deadRun();
  const ran = await Promise.all([1, 2, 3, 4].map(() => repo.rota(['sweep', '--json'])));
  expect(ran.map(({ code, stderr }) => (code === 0 ? 0 : stderr))).toEqual([0, 0, 0, 0]);
  const freed = ran.flatMap(({ stdout }) => JSON.parse(stdout).freed as { reason: string }[]);
  expect(freed.filter(({ reason }) => reason.includes('died'))).toHaveLength(1);
  expect((await recordNow(project))?.log).toHaveLength(1);
  expect(repo.git('log', '--format=%s', `main..${BRANCH}`)).toBe(
    'chore(A1): keep the work of a run that died',
  );
  expect(repo.git('status', '--porcelain')).toBe('');
  expect(repo.read(FILE)).toBe(FILES[FILE]);
});

test('four sweeping processes at once remove a worktree once and lose nothing', async () => {
  const { repo, made } = await deadRun();
  writeFileSync(join(made.path, 'src/a.txt'), 'a\n');
  writeFileSync(join(made.path, 'small.log'), 'kept\n');
  const ran = await Promise.all([1, 2, 3, 4].map(() => repo.rota(['sweep', '--json'])));
  expect(ran.map(({ code, stderr }) => (code === 0 ? 0 : stderr))).toEqual([0, 0, 0, 0]);
  expect(ran.flatMap(({ stdout }) => JSON.parse(stdout).removed)).toHaveLength(1);
  const rescued = repo.git('for-each-ref', '--format=%(refname)', 'refs/rota/rescue');
  expect(repo.git('show', `${rescued.split('\n')[0]}:small.log`)).toBe('kept');
  expect(existsSync(made.path)).toBe(false);
});
