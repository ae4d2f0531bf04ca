import { join } from 'node:path';
import { gateCandidate } from '../land/gate-candidate.ts';
import type { LandingEnd, LandingWork } from '../land/landing-work.ts';
import type { ActiveRun, Ending } from '../work/active-run.ts';
import { NO_PROPOSALS } from '../work/propose-tasks.ts';
import { settleIn } from '../work/settle-in.ts';
import type { FinishedTurn } from '../work/take-turn.ts';
import { takeTurns } from '../work/take-turns.ts';
import { firstPrompt } from '../work/turn-prompts.ts';
import { provision } from '../work/work-on-task.ts';
import { commitOf } from '../worktree/ancestry.ts';
import { makeWorktree } from '../worktree/make-worktree.ts';
import { openMerge } from '../worktree/open-merge.ts';
import { prepareRequest } from './prepare-request.ts';
import { pushRequest, type RequestInWork } from './request-in-work.ts';

/** The work on somebody's pull request: worktree on its newest commit, turns of the agent, the gate, and the push back to it. */
export async function workOnRequest(run: ActiveRun, at: RequestInWork): Promise<Ending> {
  await openWorktree(run, at);
  await settleIn(run);
  const setup = await provision(run);
  if (setup !== null) return setup;
  const first = await firstPrompt(run);
  if ('outcome' in first) return first;
  return takeTurns(run, first, (finished) => finish(run, at, finished));
}

/** On the request's own commit; main is merged in only where the forge says that they conflict. */
async function openWorktree(run: ActiveRun, { request, head }: RequestInWork): Promise<void> {
  const { project, claim, id, role } = run;
  run.step('worktree', 'started');
  const path = join(project.worktrees, claim.branch);
  const wish = {
    ...{ run: id, branch: claim.branch, path, tip: head },
    reason: `rota: ${role.name} works on pull request ${request.number}, run ${id}`,
    disposable: claim.snapshot.config.disposable,
  };
  const made = await run.watch.time('worktree', () => makeWorktree(project, wish));
  run.worktree = made;
  await run.folder.note({ worktree: path, adminDir: made.adminDir, base: head });
  if (request.conflict && made.merge === null) {
    const merge = await openMerge(project, made, claim.main);
    const tip = (await commitOf(project, `refs/heads/${claim.branch}`)) ?? made.tip;
    run.worktree = { ...made, tip, merge };
  }
  run.step('worktree', 'done', made.resumed ? `${path} (resumed)` : path);
}

async function finish(run: ActiveRun, at: RequestInWork, turn: FinishedTurn): Promise<LandingEnd> {
  const { project } = run;
  run.step('gate', 'started');
  const work = workOf(run, turn);
  if ((turn.result?.tasks ?? []).length > 0) {
    const message = `tasks are not proposed beside somebody's request; they are in ${run.folder.resultFile}`;
    run.tell({ type: 'notice', level: 'warning', message });
  }
  const prepared = await prepareRequest(project, at, work);
  if ('kind' in prepared) return prepared;
  const from = project.system.clock.monotonic();
  const gated = await gateCandidate(project, work, prepared);
  run.watch.add('gate', (project.system.clock.monotonic() - from) / 1000);
  if ('kind' in gated) {
    run.step('gate', 'failed', gated.kind);
    return gated;
  }
  const { checks } = gated;
  if (run.stop.aborted) return { kind: 'interrupted', checks };
  const failed = await pushRequest(project, at, turn.tip);
  if (failed !== null) return { kind: 'failed', reason: failed, checks };
  run.step('land', 'done', at.request.url);
  return { kind: 'proposed', commit: turn.tip, pr: at.request.url, reason: null, checks };
}

function workOf(run: ActiveRun, { tip, summary, result }: FinishedTurn): LandingWork {
  const { lock, role, claim, agent, folder, stop, nextGate } = run;
  return {
    ...{ lock, role, branch: claim.branch, tip, words: null, proposals: NO_PROPOSALS, summary },
    commit: result?.commit ?? null,
    agent: `${agent.name}: ${agent.description}`,
    ...{ gated: null, accept: null, folder: folder.path, nextGate, stop },
  };
}
