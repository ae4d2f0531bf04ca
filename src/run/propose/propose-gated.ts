import { plainText } from '../../task/text.ts';
import type { Gated, LandingEnd, LandingWork } from '../land/landing-work.ts';
import { makeLanding } from '../land/make-landing.ts';
import { type PreparedLanding, prepareLanding } from '../land/prepare-landing.ts';
import { putOff } from '../land/put-off.ts';
import type { Project } from '../project/project.ts';
import { sameOutsideBacklog } from '../project/same-outside-backlog.ts';
import { commitOf, isAncestor } from '../worktree/ancestry.ts';
import { askRemoteBranch } from '../worktree/find-branch.ts';
import { announce } from './announce.ts';
import { makeFinalCommit } from './final-commit.ts';
import { openRequest } from './open-request.ts';
import { writeProposalText } from './proposal-text.ts';

export interface GatedLanding {
  readonly prepared: PreparedLanding;
  readonly gated: Gated;
}

/**
 * Proposes gated work as a pull request instead of moving main (docs/protocols.md, "Pull requests"): the branch's last commit
 * in its final form, the record that announces it, the push, the request. A death between any two of them is finished by the
 * next sweep.
 */
export async function proposeGated(
  project: Project,
  work: LandingWork,
  first: GatedLanding,
): Promise<LandingEnd> {
  const { checks } = first.gated;
  if (project.remote === null)
    return { kind: 'failed', checks, reason: 'pull requests need a remote, and there is none' };
  const landing = await onNewestMain(project, work, first);
  if ('kind' in landing) return { ...landing, checks };
  const foreign = await whyForeign(project, work.branch, landing.prepared.candidate.tip);
  if (foreign !== null) return { kind: 'failed', checks, reason: foreign };
  return { ...(await propose(project, work, landing)), checks };
}

/**
 * Main may have moved while the gate ran: the task must still be this run's, ask for the same and merge. A backlog that moved is
 * taken in; other changes of main are the forge's to merge, and its checks' to judge.
 */
async function onNewestMain(
  project: Project,
  work: LandingWork,
  first: GatedLanding,
): Promise<GatedLanding | LandingEnd> {
  const { main } = await project.refs.read();
  if (main === first.prepared.candidate.main) return first;
  const newest = await prepareLanding(project, work);
  if (newest.kind === 'ended') return newest.end;
  const { prepared } = newest;
  const clean = prepared.contract.length === 0 && prepared.problems.length === 0;
  const same = await sameOutsideBacklog(project, first.gated.tree, prepared.candidate.tree);
  return clean && same ? { prepared, gated: first.gated } : first;
}

/** Commits that others pushed to the branch are taken in by the next run, which starts with them. */
async function whyForeign(project: Project, branch: string, tip: string): Promise<string | null> {
  const there = await askRemoteBranch(project, branch);
  if (there === null || there === tip) return null;
  const known = (await commitOf(project, there)) !== null && (await isAncestor(project, there, tip));
  return known
    ? null
    : `${branch} on the remote has commits that are not here; the next run starts with them`;
}

async function propose(
  project: Project,
  work: LandingWork,
  { prepared, gated }: GatedLanding,
): Promise<LandingEnd> {
  const { branch, lock } = work;
  const { main, tip } = prepared.candidate;
  const head = await makeFinalCommit(project, work, prepared, gated);
  const text = await writeProposalText(project, work, { task: prepared.task, head, gated });
  if (work.stop.aborted) return { kind: 'interrupted', checks: [] };
  const since = project.system.clock.now().toISOString();
  const known = knownRequest(lock.record.pr);
  const announced = await announce(project, work, { branch, head, base: main, since });
  if (announced.kind === 'lost')
    return { kind: 'revoked', checks: [], reason: 'the lock is not held any more' };
  if (announced.kind === 'unreachable') return { kind: 'failed', checks: [], reason: announced.reason };
  const opened = await openRequest(project, prepared.snapshot, { branch, tip: head, known, text });
  if (opened.kind === 'opened')
    return { kind: 'proposed', checks: [], pr: opened.pr, reason: opened.reason, commit: head };
  const reason = `${branch} could not be pushed: ${plainText(opened.reason)}`;
  // What is announced and cannot be taken back now is the next sweep's to finish.
  if (!(await announced.withdraw())) return { kind: 'failed', checks: [], reason };
  const foreign = await whyForeign(project, branch, tip);
  if (foreign !== null) return { kind: 'failed', checks: [], reason: foreign };
  const commit = await makeLanding(project, work, prepared, gated);
  return putOff(project, work, { commit, base: main, reason });
}

/** The address of a request that was opened before; a branch alone is none. */
export function knownRequest(pr: string | null): string | null {
  return pr?.startsWith('branch ') === false ? pr : null;
}
