import { join } from 'node:path';
import { RotaError } from '../errors.ts';
import type { System } from '../system/ports.ts';

/** The task whose first worker is killed, and the file that its agent writes before it hangs. */
const TASK = 'S7';
const HALF_DONE = 'src/hours.mjs';
/** Milliseconds; it takes well under one second. */
const PATIENCE = 15_000;

/**
 * Starts a real worker and kills it while its agent works: afterwards the task has a lock that nobody holds, half of a change
 * in a worktree, and an agent that runs on without its worker.
 *
 * @param rota the command line that starts rota
 * @returns the id of the task
 * @throws RotaError `agent` when the worker did not come that far
 */
export async function killAWorker(system: System, root: string, rota: readonly string[]): Promise<string> {
  let said = '';
  const over = new AbortController();
  const worker = system.processes.start({
    argv: [...rota, 'run', 'developer', TASK],
    cwd: root,
    env: { ...definedOnly(system.environment.variables), SHOP_AGENT_WAITS: TASK },
    onOutput: (chunk) => {
      said += chunk.toString('utf8');
    },
  });
  const ended = worker.ended.then(() => over.abort());
  const half = await waitForFile(system, join(root, '.worktrees/ai/developer'), over.signal);
  if (worker.pid !== null) system.processTable.signal(worker.pid, 'SIGKILL', false);
  await ended;
  if (half) return TASK;
  throw new RotaError('agent', `The worker that was to be killed did not start its work.\n${said.trim()}`);
}

/** Until a worktree of the task has the file; false when the worker has ended before or never got there. */
async function waitForFile(system: System, worktrees: string, ended: AbortSignal): Promise<boolean> {
  const limit = system.clock.monotonic() + PATIENCE;
  while (!ended.aborted && system.clock.monotonic() < limit) {
    for (const { name } of await system.files.list(worktrees)) {
      if ((await system.files.facts(join(worktrees, name, HALF_DONE))) !== null) return true;
    }
    await system.clock.wait(20, ended);
  }
  return false;
}

function definedOnly(variables: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(variables).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}
