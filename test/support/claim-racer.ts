import { argv, stdout } from 'node:process';
import { findRole } from '../../src/role/find-role.ts';
import { claimTask } from '../../src/run/claim/claim.ts';
import { keptCommits } from '../../src/run/claim/kept-commits.ts';
import type { Claim } from '../../src/run/claim/take-lock.ts';
import { openProject } from '../../src/run/project/open-project.ts';
import type { Project } from '../../src/run/project/project.ts';
import { readSettings } from '../../src/store/backlog/read-settings.ts';
import { taskRef } from '../../src/store/records/task-ref.ts';
import { realSystem } from '../../src/system/real-system.ts';

/**
 * A process that claims tasks of a repository and puts each aside as blocked, until nothing is eligible: a line of JSON for each,
 * with the milliseconds that the claim took. Bundled and started by the bench.
 */
async function race(folder: string): Promise<void> {
  const project = await openProject(realSystem(), folder, () => undefined);
  for (;;) {
    const from = performance.now();
    const { main } = await project.refs.read();
    const settings = await readSettings(project.system, project.repository, main);
    const result = await claimTask(project, {
      run: project.system.random.id(),
      role: findRole('developer', settings),
      only: null,
      except: new Set(),
      stop: new AbortController().signal,
      known: { main, settings },
    });
    const task = result.kind === 'claimed' ? result.claim.task.id : null;
    stdout.write(
      `${JSON.stringify({ task, ms: performance.now() - from, why: result.kind === 'idle' ? result.reason : undefined })}\n`,
    );
    if (result.kind !== 'claimed') break;
    await putAside(project, result.claim);
  }
  await project.close();
}

/** What a worker does that has a question, without the answer on main: no lock, and nobody picks the task again. */
async function putAside(project: Project, { task, record, token }: Claim): Promise<void> {
  const to = await project.records.write(
    { ...record, lock: null, state: 'blocked', reason: 'claimed in a race' },
    { previous: token, keep: keptCommits(record) },
  );
  const swapped = await project.refs.swap([{ ref: taskRef(task.key), from: token, to }]);
  if (swapped.kind !== 'swapped') throw new Error(`${task.id} was taken from its holder`);
}

await race(argv[2]!);
