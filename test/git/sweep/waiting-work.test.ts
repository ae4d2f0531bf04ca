import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { writeGateNote } from '../../../src/run/land/gate-note.ts';
import { sweep } from '../../../src/run/sweep/sweep.ts';
import { taskKey } from '../../../src/task/id.ts';
import { BRANCH, openTestProject } from '../worktree/open-test-project.ts';
import { ALL, FILE, freshRun } from './dead-run.ts';
import { hold } from './task-records.ts';

test('gated work that waited lands when only the backlog moved, and its worktree and branch go', async () => {
  const { project, repo, made } = await waitingWork();
  repo.commit('docs: another task', { 'backlog/A2-more.md': '---\nid: A2\ntitle: More\n---\n' });
  expect((await sweep(project, { ...ALL, dryRun: true })).landed).toMatchObject([{ task: 'A1' }]);
  const report = await sweep(project, ALL);
  expect(report.kept).toEqual([]);
  expect(report.landed).toMatchObject([{ task: 'A1', branch: BRANCH }]);
  expect(report.removed).toMatchObject([{ task: 'A1', worktree: made.path }]);
  expect(repo.git('show', 'main:src/new.txt')).toBe('work');
  expect(repo.git('show', `main:${FILE}`)).toContain('status: done');
  expect(repo.git('for-each-ref', '--format=%(refname)', 'refs/rota', 'refs/heads/ai')).toBe('');
});

test('gated work that waited stays when other files moved', async () => {
  const { project, repo } = await waitingWork();
  repo.commit('feat: elsewhere', { 'src/b.txt': 'b2\n' });
  const report = await sweep(project, ALL);
  expect(report.landed).toEqual([]);
  expect(report.kept.map(({ reason }) => reason)).toContainEqual(
    expect.stringContaining('the next run gates it again'),
  );
});

test('work that only its record calls gated does not land: no note of this machine says so', async () => {
  const { project, repo, main } = await waitingWork({ noted: false });
  const before = main();
  const report = await sweep(project, ALL);
  expect(report.landed).toEqual([]);
  expect(report.kept.map(({ reason }) => reason)).toContainEqual(
    expect.stringContaining('no note of this machine says that its gate was green'),
  );
  expect([main(), repo.git('show', `${BRANCH}:src/new.txt`)]).toEqual([before, 'work']);
});

/** Work that was gated on main as it is, and could not land then. */
async function waitingWork({ noted = true } = {}) {
  const run = freshRun();
  const at = await openTestProject();
  const { project, repo, main } = at;
  const made = await at.make(run);
  writeFileSync(join(made.path, 'src/new.txt'), 'work\n');
  repo.git('-C', made.path, 'add', '-A');
  repo.git('-C', made.path, 'commit', '-qm', 'feat(A1): work');
  const tip = repo.git('rev-parse', BRANCH);
  const tree = repo.git('rev-parse', `${tip}^{tree}`);
  const trailers = `Task: A1\nRole: developer\nRun: ${run}\nBranch: ${BRANCH}\nAgent: mine\nGate: none\nGated: ${tree}`;
  const message = `feat(A1): list things\n\n${trailers}\n`;
  const commit = repo.git('commit-tree', tree, '-p', main(), '-p', tip, '-m', message);
  if (noted) await writeGateNote(project, { task: taskKey('A1'), commit, base: main() });
  const waiting = { commit, base: main(), reason: 'a file is in the way', since: '2026-11-20T11:03:23Z' };
  await hold(project, { lock: null, state: 'waiting', waiting });
  return { ...at, made };
}
