import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { emptyRecord } from '../../../src/plan/empty-record.ts';
import { unlockTask } from '../../../src/run/backlog/edit-task.ts';
import { writeGateNote } from '../../../src/run/land/gate-note.ts';
import { sweep } from '../../../src/run/sweep/sweep.ts';
import { taskRef } from '../../../src/store/records/task-ref.ts';
import { taskKey } from '../../../src/task/id.ts';
import { BRANCH, openTestProject } from '../worktree/open-test-project.ts';

const KEY = taskKey('A1');

/** Gated work that waited, and that a live process is landing, or not. */
async function waiting(landing: boolean) {
  const at = await openTestProject();
  const { project, repo, main } = at;
  const run = project.system.random.id();
  repo.git('switch', '-qc', BRANCH);
  repo.commit('feat(A1): work', { 'src/new.txt': 'work\n' });
  repo.git('switch', '-q', 'main');
  const tree = repo.git('rev-parse', `${BRANCH}^{tree}`);
  const message = `feat(A1): list things\n\nTask: A1\nRole: developer\nRun: ${run}\nBranch: ${BRANCH}\nAgent: mine\nGate: none\nGated: ${tree}\n`;
  const commit = repo.git('commit-tree', tree, '-p', main(), '-p', BRANCH, '-m', message);
  await writeGateNote(project, { task: KEY, commit, base: main() });
  const { id, host, boot, pidNamespace } = project.system.machine;
  const stat = readFileSync('/proc/self/stat', 'latin1');
  const started = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]!;
  const holder = { run, role: 'developer', by: 'pat@example', host, machine: id, pidNamespace, boot };
  const process_ = { pid: process.pid, started, pgid: null, branch: BRANCH, since: '2026-11-20T11:03:23Z' };
  const record = {
    ...emptyRecord('A1', 'waiting'),
    lock: landing ? { ...holder, ...process_ } : null,
    waiting: { commit, base: main(), reason: 'a file was in the way', since: '2026-11-20T11:03:23Z' },
  };
  const token = await project.records.write(record, { previous: null, keep: [commit] });
  await project.refs.swap([{ ref: taskRef(KEY), from: null, to: token }]);
  return at;
}

test('without a word of a person what waits lands', async () => {
  const { project } = await waiting(false);
  expect((await sweep(project, { dryRun: false, discard: null })).landed).toMatchObject([{ task: 'A1' }]);
});

test('unlocked while it was landing: it does not land by the next sweep, and its branch stays', async () => {
  const { project, repo } = await waiting(true);
  const before = repo.git('rev-parse', 'main');
  expect((await unlockTask(project, KEY)).answer.revoked).toContain('developer');
  const token = (await project.refs.read()).tasks.get(KEY)!;
  expect((await project.records.readOne(token)).record).toMatchObject({
    ...{ lock: null, state: null, waiting: null, reason: null },
  });
  const report = await sweep(project, { dryRun: false, discard: null });
  expect({ landed: report.landed, kept: report.kept }).toEqual({ landed: [], kept: [] });
  expect(repo.git('rev-parse', 'main')).toBe(before);
  expect(repo.git('show', `${BRANCH}:src/new.txt`)).toBe('work');
});
