import { emptyRecord } from '../../../src/plan/empty-record.ts';
import type { TaskRecord } from '../../../src/plan/record.ts';
import type { HeldLock } from '../../../src/run/claim/held-lock.ts';
import { lockOf } from '../../../src/run/claim/lock-of.ts';
import { openRunFolder, runsFolder } from '../../../src/run/project/run-folder.ts';
import { lookAgain, mendTampering, readTampering, watchTampering } from '../../../src/run/project/tamper.ts';
import { taskRef } from '../../../src/store/records/task-ref.ts';
import { taskKey } from '../../../src/task/id.ts';
import { BRANCH, openTestProject, type TestProject } from '../worktree/open-test-project.ts';

const A1 = taskKey('A1');
const MINE = '01RUN1';

/** A run in its worktree, watched from now on. */
export async function watching(at?: TestProject, { confined = false } = {}) {
  const opened = at ?? (await openTestProject());
  const { project, repo, make } = opened;
  const made = await make(MINE);
  await openRunFolder(project.system, project.repository, {
    ...{ run: MINE, role: 'developer', task: 'A1', branch: BRANCH },
  });
  const record: TaskRecord = {
    ...emptyRecord('A1'),
    lock: lockOf(project, { run: MINE, role: { name: 'developer' } }, BRANCH),
  };
  const put = async (key: typeof A1, value: TaskRecord): Promise<string> => {
    const from = (await project.refs.read()).tasks.get(key) ?? null;
    const to = await project.records.write(value, { previous: from });
    await project.refs.swap([{ ref: taskRef(key), from, to }]);
    return to;
  };
  const lock: HeldLock = { key: A1, run: MINE, record, token: await put(A1, record) };
  const watched = { run: MINE, key: A1, lock, worktree: made, confined };
  const start = async () => {
    const watch = await watchTampering(project, watched);
    return async (tip = made.base) => {
      const mended = await mendTampering(project, watch);
      const looking = lookAgain(project, watch, watched);
      const { refused, ...said } = await readTampering(project, watch, watched, tip, looking);
      return { refused: [...mended, ...refused], ...said };
    };
  };
  return { ...opened, made, record, lock, put, start, runs: runsFolder(project.repository), repo };
}

export const NOTHING = { refused: [], noticed: [], meanwhile: [] };
export const WHILE = 'while the agent worked, ';
