import { argv, stdout } from 'node:process';
import { findRole } from '../../src/role/find-role.ts';
import { claimTask } from '../../src/run/claim/claim.ts';
import { publishLock } from '../../src/run/claim/publish-lock.ts';
import { mainNow } from '../../src/run/project/main-now.ts';
import { openProject } from '../../src/run/project/open-project.ts';
import { readSettings } from '../../src/store/backlog/read-settings.ts';
import { realSystem } from '../../src/system/real-system.ts';

/**
 * A process that claims tasks of a repository and keeps each, until nothing is eligible: a line of JSON for each,
 * with the milliseconds that the claim took. It shows each lock before it goes on, as a run does while it makes its
 * worktree. Bundled and started by the bench.
 */
async function race(folder: string): Promise<void> {
  const system = realSystem();
  // As many locks as there are tasks: `workers` limits those of one machine.
  const machine = { ...system.machine, id: `${system.machine.id}-${system.machine.pid}` };
  const project = await openProject({ ...system, machine }, folder, () => undefined);
  for (;;) {
    const from = performance.now();
    const main = await mainNow(project);
    const settings = await readSettings(project.system, project.repository, main);
    const run = project.system.random.id();
    const result = await claimTask(project, {
      run,
      role: findRole('developer', settings),
      only: null,
      except: new Set(),
      stop: new AbortController().signal,
      known: { main, settings },
    });
    const ms = performance.now() - from;
    const task = result.kind === 'claimed' ? result.claim.task.id : null;
    stdout.write(
      `${JSON.stringify({ task, ms, why: result.kind === 'idle' ? result.reason : undefined })}\n`,
    );
    if (result.kind !== 'claimed') break;
    const { claim } = result;
    await publishLock(project, { key: claim.task.key, run, record: claim.record, token: claim.token }, claim);
  }
  await project.close();
}

await race(argv[2]!);
