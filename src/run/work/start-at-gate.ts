import { taskWords } from '../../task/task-words.ts';
import type { LandingWork } from '../land/landing-work.ts';
import { readWaitingWork } from '../land/waiting-work.ts';
import { wordsAtGate } from '../land/waits-unchanged.ts';
import { isAncestor } from '../worktree/ancestry.ts';
import { keepOnRescueRef } from '../worktree/rescue.ts';
import type { ActiveRun } from './active-run.ts';
import { proposeAgain } from './propose-tasks.ts';

/**
 * Work that was gated but could not land, on a main that moved on: the run starts at the gate, without the agent. Null when
 * there is none, or when the branch is not where it was.
 */
export async function startAtGate(run: ActiveRun): Promise<LandingWork | null> {
  const { claim, lock, role, folder, nextGate, stop, worktree } = run;
  const { record } = claim;
  if (record.state !== 'waiting' || record.waiting === null) return null;
  const known = await readWaitingWork(run.project, claim.task.key, record.waiting);
  // The agent has not seen what the task asks for now: it gets the first turn, on its branch.
  const words = await wordsAtGate(run.project, claim.task.key, record.waiting);
  if (words !== taskWords(claim.text)) return null;
  if (known === null || (worktree?.merge?.conflicts ?? []).length > 0) return null;
  if (worktree === null || !(await isAncestor(run.project, known.tip, worktree.tip))) {
    const ref = await keepOnRescueRef(run.project, claim.task.key, known.tip);
    const message = `what waited is not on ${claim.branch} any more; it is kept as ${ref}`;
    run.tell({ type: 'notice', level: 'warning', message });
    return null;
  }
  run.tell({
    type: 'notice',
    level: 'info',
    message: `gated before, waited because: ${record.waiting.reason}`,
  });
  return {
    lock,
    role,
    branch: claim.branch,
    tip: worktree.tip,
    words,
    proposals: await proposeAgain(run.project, lock.record.lock!, known.added),
    commit: { type: known.type, subject: known.subject },
    summary: known.summary,
    agent: known.agent,
    gated: worktree.tip === known.tip ? known.gated : null,
    accept: worktree.tip === known.tip ? known.accept : null,
    folder: folder.path,
    nextGate,
    stop,
  };
}
