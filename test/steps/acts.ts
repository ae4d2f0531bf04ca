import type { Emit } from '../../src/events.ts';
import { openProject } from '../../src/run/project/open-project.ts';
import type { Project } from '../../src/run/project/project.ts';
import { sweep } from '../../src/run/sweep/sweep.ts';
import type { SweepReport } from '../../src/run/sweep/sweep-report.ts';
import type { RunResult } from '../../src/run/work/run-result.ts';
import { runRole } from '../../src/run/work/worker.ts';
import type { System } from '../../src/system/ports.ts';
import { parseTaskId } from '../../src/task/id.ts';
import type { TaskKey } from '../../src/task/task.ts';
import type { Arena } from './arena.ts';
import type { Phase } from './scenario.ts';

const SILENT: Emit = () => undefined;

/** Opens the project as a command that writes does, and closes it afterwards. */
export async function withProject<T>(
  arena: Arena,
  system: System,
  act: (project: Project) => Promise<T>,
  emit: Emit = SILENT,
): Promise<T> {
  const project = await openProject(system, arena.repo, emit, 'write');
  try {
    return await act(project);
  } finally {
    await project.close();
  }
}

/** `rota run developer [ID]`. */
export function run(
  arena: Arena,
  system: System,
  tell: (phase: Phase) => void = () => undefined,
  only: string | null = null,
): Promise<RunResult> {
  const wish = {
    ...{ role: 'developer', only: only === null ? null : parseTaskId(only), except: new Set<TaskKey>() },
    stop: new AbortController().signal,
  };
  return withProject(
    arena,
    system,
    (project) => runRole(project, wish),
    ({ event }) => {
      const begins = event.type === 'step' && (event.state === 'started' || event.step === 'result');
      if (begins) tell(event.step as Phase);
    },
  );
}

/** `rota sweep [--discard ID]`. */
export function sweepOnce(arena: Arena, system: System, discard: string | null = null): Promise<SweepReport> {
  return withProject(arena, system, (project) =>
    sweep(project, { dryRun: false, discard: discard === null ? null : parseTaskId(discard) }),
  );
}

/** A run, in words. */
export async function runInWords(...given: Parameters<typeof run>): Promise<string> {
  const { outcome, reason } = await run(...given);
  return reason === null ? outcome : `${outcome}: ${reason}`;
}
