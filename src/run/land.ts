import { landingMessage } from '../plan/commit-message.ts';
import { makeCommit } from '../store/make-commit.ts';
import { taskRef } from '../store/records/task-ref.ts';
import { inQueue } from '../system/mutex.ts';
import { gateCandidate } from './gate-candidate.ts';
import { adoptLock } from './held-lock.ts';
import type { Gated, LandingEnd, LandingWork } from './landing-work.ts';
import { type PreparedLanding, prepareLanding, trailersOf } from './prepare-landing.ts';
import type { Project } from './project.ts';
import { writeMainVerdict } from './red-main.ts';
import { sameOutsideBacklog } from './same-outside-backlog.ts';

/** Main may move on so often between a green gate and the swap before the work is put off. */
const GATES = 5;
/** Races lost in a row while only the backlog moves. */
const SWAPS = 12;
/** How long a lander waits for its turn, in milliseconds. */
const QUEUE_PATIENCE = 2_000;

/**
 * Brings finished work to main: merge, gate on exactly that tree, and one transaction that moves main and deletes the
 * token's ref (docs/protocols.md, "Landing"). When main moved meanwhile, only a change outside the backlog needs a new gate.
 */
export async function landWork(project: Project, work: LandingWork): Promise<LandingEnd> {
  for (let gates = 0; gates < GATES; gates++) {
    const first = await prepareLanding(project, work);
    if (first.kind === 'ended') return first.end;
    const gated =
      (await knownGate(project, work, first.prepared)) ??
      (await gateCandidate(project, work, first.prepared));
    if ('kind' in gated) return gated;
    const end = await swapQueued(project, work, first.prepared, gated);
    if (end !== 'gate again') return end;
  }
  return {
    kind: 'failed',
    checks: [],
    reason: `main moved ${GATES} times while the gate ran; the next run tries again`,
  };
}

/** A gate that was green before this run, if it holds for what would land now. */
async function knownGate(
  project: Project,
  { gated }: LandingWork,
  prepared: PreparedLanding,
): Promise<Gated | null> {
  return gated !== null && (await isCovered(project, gated, prepared)) ? gated : null;
}

/** Landers of one machine queue here: it saves lost races and proves nothing. */
function swapQueued(
  project: Project,
  work: LandingWork,
  first: PreparedLanding,
  gated: Gated,
): Promise<LandingEnd | 'gate again'> {
  const { system, repository } = project;
  return inQueue(system.files, `${repository.rotaDir}/landings`, QUEUE_PATIENCE, () =>
    swap(project, work, first, gated),
  );
}

async function swap(
  project: Project,
  work: LandingWork,
  first: PreparedLanding,
  gated: Gated,
): Promise<LandingEnd | 'gate again'> {
  const { checks } = gated;
  let adopted = false;
  for (let tries = 0; tries < SWAPS; tries++) {
    const newest = await prepareAgain(project, work, first);
    if (newest.kind === 'ended') return { ...newest.end, checks };
    const { prepared } = newest;
    if (!(await isCovered(project, gated, prepared))) return 'gate again';
    const commit = await makeLanding(project, work, prepared, gated);
    const own = { ref: taskRef(work.lock.key), from: work.lock.token, to: null };
    const { main } = prepared.candidate;
    const moved = await project.moveMain({
      run: work.lock.run,
      old: main,
      new: commit,
      refs: [own, ...work.proposals.reserved],
    });
    switch (moved.kind) {
      case 'moved':
        await writeMainVerdict(project, commit, 'green');
        return { kind: 'landed', commit, main, named: moved.named, checks };
      case 'in-the-way':
        return {
          kind: 'waiting',
          checks,
          waiting: {
            commit,
            base: main,
            reason: moved.reason,
            since: project.system.clock.now().toISOString(),
          },
        };
      case 'unreachable':
        return { kind: 'failed', checks, reason: moved.reason };
      case 'stale':
        if (!moved.refs.includes(own.ref)) break;
        // A renewal of our own may have raced; anything else took the lock.
        if (adopted || !(await adoptLock(project, work.lock)))
          return { kind: 'revoked', checks, reason: 'the lock is not held any more' };
        adopted = true;
        break;
      default:
        return moved satisfies never;
    }
    await project.system.clock.wait(project.system.random.fraction() * 20 * (tries + 1), work.stop);
    if (work.stop.aborted) return { kind: 'interrupted', checks };
  }
  return {
    kind: 'failed',
    checks,
    reason: 'too many others moved main at the same time; the next run tries again',
  };
}

/** All that was judged about a candidate was judged on its main: while main stands still there is nothing to judge again. */
async function prepareAgain(
  project: Project,
  work: LandingWork,
  known: PreparedLanding,
): ReturnType<typeof prepareLanding> {
  const { main } = await project.refs.read();
  return main === known.candidate.main
    ? { kind: 'prepared', prepared: known }
    : prepareLanding(project, work);
}

/**
 * Whether a green gate holds for a newer candidate: the trees are equal outside the backlog, and the backlog check and the
 * contract, which need no run, find nothing.
 */
async function isCovered(
  project: Project,
  gated: Gated,
  { candidate, contract, problems }: PreparedLanding,
): Promise<boolean> {
  if (candidate.tree === gated.tree) return true;
  if (contract.length > 0 || problems.length > 0) return false;
  return sameOutsideBacklog(project, gated.tree, candidate.tree);
}

/** The landed commit: the candidate's parents and tree, with the trailers that prove what was gated. */
function makeLanding(
  project: Project,
  work: LandingWork,
  { candidate, task }: PreparedLanding,
  gated: Gated,
): Promise<string> {
  const trailers = trailersOf(work, task, [gated.evidence], gated.tree);
  return makeCommit(project.system, project.neutral.place, {
    tree: candidate.tree,
    parents: [candidate.main, candidate.tip],
    changes: [],
    message: landingMessage({ task, commit: work.commit, body: work.summary, trailers }),
    identity: project.identity,
  });
}
