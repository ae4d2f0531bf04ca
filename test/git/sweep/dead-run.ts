import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LockRecord } from '../../../src/plan/record.ts';
import type { Project } from '../../../src/run/project/project.ts';
import { openRunFolder } from '../../../src/run/project/run-folder.ts';
import type { SweepOptions } from '../../../src/run/sweep/sweeping.ts';
import { realRandom } from '../../../src/system/random.ts';
import { editTask } from '../../../src/task/edit.ts';
import { BRANCH, openTestProject } from '../worktree/open-test-project.ts';
import { hold } from './task-records.ts';

/** What `rota sweep` does when it is asked for nothing else. */
export const ALL: SweepOptions = { dryRun: false, discard: null };
/** The task file of A1. */
export const FILE = 'backlog/A1-list-things.md';

/** A pid with a start time that no process has. */
export const DEAD = { pid: 2 ** 22 - 5, started: '1' };

/** The lock of a dead worker of this machine, unless `more` says otherwise. */
export function lockOf(project: Project, run: string, more: Partial<LockRecord> = {}): LockRecord {
  const { id, host, boot, pidNamespace } = project.system.machine;
  return {
    ...{ run, role: 'developer', by: 'pat@example', host, machine: id, pidNamespace, boot, ...DEAD },
    ...{ pgid: null, branch: BRANCH, since: '2026-11-20T11:03:23Z', ...more },
  };
}

/** A worker that died: lock, lock block on main, worktree with work that is not committed, run folder. */
export async function deadRun(more: Partial<LockRecord> = {}) {
  const run = freshRun();
  const at = await openTestProject();
  const { project, repo } = at;
  const lock = lockOf(project, run, more);
  const block = { run, role: 'developer', by: lock.by, since: lock.since, branch: BRANCH };
  repo.commit('chore(backlog): takes', { [FILE]: editTask(repo.read(FILE), { lock: block }) });
  await hold(project, { lock, publish: at.main() });
  const folder = await openRunFolder(project.system, project.repository, {
    run,
    role: 'developer',
    task: 'A1',
    branch: BRANCH,
  });
  const made = await at.make(run);
  await folder.note({
    worktree: made.path,
    adminDir: made.adminDir,
    base: made.base,
    pid: lock.pid,
    started: lock.started,
  });
  writeFileSync(join(made.path, 'src/a.txt'), 'work of the dead\n');
  return { ...at, run, made, lock };
}

/** Another for each test: a sweep ends every process of this machine whose ROTA_RUN names the run. */
export function freshRun(): string {
  return realRandom().id();
}
