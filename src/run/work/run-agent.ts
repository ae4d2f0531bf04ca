import type { AgentEnd } from '../../agent/agent.ts';
import { editablePaths } from '../../plan/permission-paths.ts';
import type { ActiveRun } from './active-run.ts';
import { environmentOf } from './run-environment.ts';

interface TurnStart {
  /** Of the run, from 1. */
  readonly turn: number;
  readonly prompt: string;
  /** To go on in; null: a new one. */
  readonly session: string | null;
}

/** A client that has just told its last usage ends by itself; a model's next answer takes longer. Milliseconds. */
const LAST_WORDS = 2_000;

/**
 * One turn of the agent in its workplace, from start to end. What it does becomes events; what it uses goes to the meter, and
 * ends it when a budget is spent: as `interrupted`, while nobody has asked the run to stop.
 */
export async function runAgent(run: ActiveRun, { turn, prompt, session }: TurnStart): Promise<AgentEnd> {
  const { agent, claim, folder, role, id, meter, project } = run;
  const workplace = run.workplace!;
  const spending = new AbortController();
  const over = new AbortController();
  const endSoon = async () => {
    await project.system.clock.wait(LAST_WORDS, over.signal);
    spending.abort('budget');
  };
  try {
    return await agent.turn({
      run: id,
      session,
      prompt,
      promptFile: workplace.promptFile,
      resultFile: workplace.resultFile,
      worktree: workplace.folder,
      env: environmentOf(run),
      wrap: (start) => workplace.wrap(start),
      mayEdit: editablePaths(role, claim.snapshot.config.context, claim.task.file),
      onActivity: (activity) => {
        run.tell({ type: 'activity', activity });
        if (activity.kind === 'usage') meter.saw(turn, activity.usage, () => void endSoon());
      },
      mostUsd: meter.leftUsd(),
      timeLimit: role.timeLimit,
      stallLimit: role.stallLimit,
      outputFile: folder.file(`agent-${turn}.log`),
      stop: AbortSignal.any([run.stop, spending.signal]),
      onStarted: (pid) => folder.note({ pgid: pid }),
    });
  } finally {
    over.abort();
  }
}
