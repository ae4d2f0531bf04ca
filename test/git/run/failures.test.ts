import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { RotaError } from '../../../src/errors.ts';
import { emptyRecord } from '../../../src/plan/empty-record.ts';
import type { TaskRecord } from '../../../src/plan/record.ts';
import { landTask } from '../../../src/run/land/land-task.ts';
import type { Project } from '../../../src/run/project/project.ts';
import { readSnapshot } from '../../../src/run/project/snapshot.ts';
import { pushBranch } from '../../../src/run/work/push-branch.ts';
import { runRole } from '../../../src/run/work/worker.ts';
import { taskRef } from '../../../src/store/records/task-ref.ts';
import { contentHash } from '../../../src/task/content-hash.ts';
import { taskKey } from '../../../src/task/id.ts';
import { finishedWork } from '../promises/finished-work.ts';
import { BRANCH, FILES, openTestProject, type TestProject } from '../worktree/open-test-project.ts';

const KEY = taskKey('A1');
const FILE = 'backlog/A1-list-things.md';

function refuse(): never {
  throw new RotaError('files', 'no space left on the disk');
}

async function recordNow({ project }: Pick<TestProject, 'project'>): Promise<TaskRecord | null> {
  const token = (await project.refs.read()).tasks.get(KEY);
  return token === undefined ? null : (await project.records.readOne(token)).record;
}

async function keepRecord(project: Project, more: Partial<TaskRecord>): Promise<TaskRecord> {
  const record = { ...emptyRecord('A1'), ...more };
  const to = await project.records.write(record, { previous: null });
  await project.refs.swap([{ ref: taskRef(KEY), from: null, to }]);
  return record;
}

function run(project: Project) {
  const stop = new AbortController().signal;
  return runRole(project, { role: 'developer', only: null, except: new Set(), stop });
}

test('a run that cannot keep its notes gives its claim back, as it was', async () => {
  const at = await openTestProject();
  const known = await keepRecord(at.project, { attempts: 1, of: contentHash(FILES[FILE]!) });
  mkdirSync(at.project.repository.rotaDir, { recursive: true });
  writeFileSync(join(at.project.repository.rotaDir, 'runs'), 'a file');
  await expect(run(at.project)).rejects.toThrow();
  expect(await recordNow(at)).toEqual(known);
  expect(at.repo.git('show', `main:${FILE}`)).toBe(FILES[FILE]!.trimEnd());
});

test("a claim that is given back does not count as having seen a person's edit", async () => {
  const at = await openTestProject();
  const blocked = {
    attempts: 3,
    state: 'blocked',
    reason: 'why?',
    of: 'of the text before the edit',
  } as const;
  const known = await keepRecord(at.project, blocked);
  writeFileSync(join(at.project.repository.rotaDir, 'runs'), 'a file');
  await expect(run(at.project)).rejects.toThrow();
  expect(await recordNow(at)).toEqual(known);
});

test('a lock that cannot be shown is held all the same', async () => {
  const at = await openTestProject();
  let moves = 0;
  const project: Project = { ...at.project, moveMain: async () => (moves++ === 0 ? refuse() : refuse()) };
  // The agent `true` changes nothing.
  expect(await run(project)).toMatchObject({ outcome: 'blocked', task: 'A1' });
  expect(moves).toBe(2);
  expect(await recordNow(at)).toMatchObject({ lock: null, state: 'blocked' });
});

test('a landing that fails half-way gives the lock back, and the record is as before', async () => {
  const at = await openTestProject();
  at.repo.git('switch', '-q', '-c', BRANCH);
  const tip = at.repo.commit('feat(A1): work', { 'src/new.txt': 'new\n' });
  at.repo.git('switch', '-q', 'main');
  const known = await keepRecord(at.project, { state: 'held', reason: 'look at it', of: 'before the edit' });
  const snapshot = await readSnapshot(at.project, true);
  const work = {
    ...{ words: null, commit: null, summary: null, agent: 'none' },
    gated: null,
    accept: null,
    added: [],
  };
  const landing = landTask({ ...at.project, moveMain: async () => refuse() }, snapshot, {
    ...{
      key: KEY,
      task: snapshot.backlog.byKey.get(KEY)!,
      role: snapshot.roles[0]!,
      branch: BRANCH,
      tip,
      work,
    },
    stop: new AbortController().signal,
  });
  await expect(landing).rejects.toThrow('no space left');
  expect(await recordNow(at)).toEqual(known);
});

test('what landed has landed, even if that main is green cannot be noted', async () => {
  const at = await finishedWork();
  const verdict = join(at.project.repository.rotaDir, 'main-verdict');
  const end = await at.land(() => mkdirSync(join(verdict, 'in-the-way'), { recursive: true }));
  expect(end).toMatchObject({ kind: 'landed' });
  expect(at.record()).toBe(null);
});

test('work whose branch cannot be read or pushed is not pushed, and that is all', async () => {
  const { project } = await openTestProject();
  const branches = { ...project.branches!, push: async () => refuse() };
  const at: Project = { ...project, branches };
  expect(await pushBranch(at, 'main')).toMatch(/no space left/);
  const git = { ...project.system.git, text: async () => refuse() };
  expect(await pushBranch({ ...at, system: { ...project.system, git } }, 'main')).toMatch(/no space left/);
});
