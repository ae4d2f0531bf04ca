import { expect, test } from 'vitest';
import { RotaError } from '../../../src/errors.ts';
import { releaseMany } from '../../../src/run/sweep/release-many.ts';
import { taskKey } from '../../../src/task/id.ts';
import { openTestProject } from '../worktree/open-test-project.ts';

test('a remote that does not answer is asked once for all locks, not for each half of them', async () => {
  const { project } = await openTestProject();
  let asked = 0;
  const read = async () => {
    asked += 1;
    throw new RotaError('remote', 'The remote cannot be reached: it is gone');
  };
  const tasks = ['A1', 'A2', 'A3', 'A4', 'A5', 'A6', 'A7', 'A8'];
  const freed = await releaseMany(
    { ...project, refs: { ...project.refs, read } },
    tasks.map((task) => ({ key: taskKey(task), task, run: 'R1', token: 'f'.repeat(40), record: null })),
  );
  expect(freed).toEqual(
    tasks.map(() => ({ kind: 'failed', reason: 'The remote cannot be reached: it is gone' })),
  );
  expect(asked).toBe(1);
});
