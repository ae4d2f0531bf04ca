import { LANDING_REF } from '../../store/records/landing-turn.ts';
import { taskRef } from '../../store/records/task-ref.ts';
import { adoptLock } from '../claim/held-lock.ts';
import { send } from '../project/actor.ts';
import { inTurn } from '../project/in-turn.ts';
import type { Project } from '../project/project.ts';
import { sameOutsideBacklog } from '../project/same-outside-backlog.ts';
import type { GatedLanding } from '../propose/propose-gated.ts';
import { pushBranch } from '../work/push-branch.ts';
import { backWithLanding, type FleetTurn, inFleetTurn, keepFleetTurn } from './fleet-turn.ts';
import { followRewritten } from './follow-rewritten.ts';
import { gateCandidate } from './gate-candidate.ts';
import type { Gated, LandingEnd, LandingWork } from './landing-work.ts';
import { makeLanding } from './make-landing.ts';
import { othersMayLand } from './others-may-land.ts';
import { type Prepared, type PreparedLanding, prepareLanding } from './prepare-landing.ts';
import { putOff } from './put-off.ts';
import { writeMainVerdict } from './red-main.ts';

/** Main may move on so often between a green gate and the swap before the work is put off. */
const GATES = 5;
/** Races lost in a row while only the backlog moves. */
const SWAPS = 12;
/** How long a lander waits for its turn, in milliseconds: longer once it has lost a gate, and then it gates in its turn. */
const PATIENCE = { first: 10_000, again: 120_000, fleet: 600_000, main: 2_000 };

/**
 * Brings finished work to main: merge, gate on exactly that tree, and one transaction that moves main and deletes the
 * token's ref (docs/protocols.md, "Landing"). When main moved meanwhile, only a change outside the backlog needs a new gate.
 */
export async function landWork(project: Project, work: LandingWork): Promise<LandingEnd> {
  if (await othersMayLand(project)) return landInTurn(project, work, GATES);
  const { clock } = project.system;
  const from = clock.monotonic();
  const prepared = await prepareLanding(project, work);
  if (prepared.kind === 'ended') return prepared.end;
  const { config, view } = prepared.prepared.snapshot;
  // While another machine lands in its turn, this gate would run in vain.
  if (config.integrate !== 'pr' && (view.landing ?? null) !== null) return landInTurn(project, work, GATES);
  const first = await gatePrepared(project, work, prepared.prepared);
  const spent = clock.monotonic() - from;
  if (!('gated' in first)) return first;
  if (config.integrate === 'pr') return propose(project, work, first);
  let swapped = 0;
  const end = await inTurn(project, 'landing', PATIENCE.first, () => {
    swapped = clock.monotonic();
    return swapInTurn(project, work, first, { token: null });
  });
  if (end !== 'gate again') return end;
  tellLost(project, work, (spent + clock.monotonic() - swapped) / 1000);
  return landInTurn(project, work, GATES - 1);
}

/** Gates and lands while others wait: those of this machine in its queue, those of others for the fleet's turn. */
async function landInTurn(project: Project, work: LandingWork, gates: number): Promise<LandingEnd> {
  const { clock } = project.system;
  let last: GatedLanding | null = null;
  const origin = { role: work.role.name, task: work.lock.record.task, run: work.lock.run };
  const detail = 'waiting until others have landed';
  send(project, origin, { type: 'step', step: 'land', state: 'started', detail });
  const patience = project.refs.kind === 'remote' ? PATIENCE.fleet : PATIENCE.again;
  for (let tries = 0; tries < gates; tries++) {
    const began = clock.monotonic();
    let from = began;
    const end = await inTurn(project, 'landing', patience, () =>
      inFleetTurn(project, work, began, async (turn) => {
        if (work.stop.aborted) return { kind: 'interrupted', checks: [] } as const;
        from = clock.monotonic();
        // Who waited for the turn has just read main.
        const fresh = turn.token === null;
        const again = await keepFleetTurn(project, work, turn, () => prepareAndGate(project, work, fresh));
        if (!('gated' in again)) return again;
        last = again;
        return swapInTurn(project, work, again, turn);
      }),
    );
    if (end !== 'gate again') return end;
    tellLost(project, work, (clock.monotonic() - from) / 1000);
  }
  const landing = last as GatedLanding | null;
  const proposes = landing?.prepared.snapshot.config.pullRequest.afterLostRaces === true;
  if (landing !== null && proposes && project.remote !== null) return propose(project, work, landing);
  const reason = `main moved ${GATES} times while the gate ran; the next run tries again`;
  return { kind: 'failed', checks: [], reason };
}

function tellLost(project: Project, { role, lock }: LandingWork, seconds: number): void {
  const origin = { role: role.name, task: lock.record.task, run: lock.run };
  const detail = 'main moved while the gate ran, it runs again';
  send(project, origin, { type: 'race', over: 'landing', seconds, detail });
}

/** Loaded only where work is proposed. */
async function propose(project: Project, work: LandingWork, landing: GatedLanding): Promise<LandingEnd> {
  return (await import('../propose/propose-gated.ts')).proposeGated(project, work, landing);
}

async function prepareAndGate(
  project: Project,
  work: LandingWork,
  fresh: boolean,
): Promise<GatedLanding | LandingEnd> {
  const first = await prepareLanding(project, work, fresh);
  return first.kind === 'ended' ? first.end : gatePrepared(project, work, first.prepared);
}

async function gatePrepared(
  project: Project,
  work: LandingWork,
  prepared: PreparedLanding,
): Promise<GatedLanding | LandingEnd> {
  const gate = async () =>
    (await knownGate(project, work, prepared)) ?? (await gateCandidate(project, work, prepared));
  const [gated] = await Promise.all([
    gate(),
    prepared.contract.length === 0 ? pushWork(project, work) : null,
  ]);
  return 'kind' in gated ? gated : { prepared, gated };
}

/** Work that holds the contract is on the remote while the gate runs, so that another machine could go on with it. */
async function pushWork(project: Project, { branch, role, lock }: LandingWork): Promise<void> {
  if (!branch.startsWith('ai/')) return;
  const failed = await pushBranch(project, branch);
  if (failed === null) return;
  const origin = { role: role.name, task: lock.record.task, run: lock.run };
  send(project, origin, { type: 'notice', level: 'warning', message: `${branch} was not pushed: ${failed}` });
}

/** A gate that was green before this run, if it holds for what would land now. */
async function knownGate(
  project: Project,
  { gated }: LandingWork,
  prepared: PreparedLanding,
): Promise<Gated | null> {
  return gated !== null && (await isCovered(project, gated, prepared)) ? gated : null;
}

function swapInTurn(
  project: Project,
  work: LandingWork,
  landing: GatedLanding,
  turn: FleetTurn,
): Promise<LandingEnd | 'gate again'> {
  return inTurn(project, 'main', PATIENCE.main, () => swap(project, work, landing, turn));
}

async function swap(
  project: Project,
  work: LandingWork,
  { prepared: first, gated }: GatedLanding,
  turn: FleetTurn,
): Promise<LandingEnd | 'gate again'> {
  const { checks } = gated;
  let adopted = false;
  for (let tries = 0; tries < SWAPS; tries++) {
    // In its turn it is likely that main stands still, and the swap finds out.
    const sure = tries === 0 && turn.token !== null;
    const newest = sure ? asPrepared(first) : await prepareAgain(project, work, first);
    if (newest === 'gate again') return newest;
    if (newest.kind === 'ended') return { ...newest.end, checks };
    const { prepared } = newest;
    if (!(await isCovered(project, gated, prepared))) return 'gate again';
    const commit = await makeLanding(project, work, prepared, gated);
    const own = { ref: taskRef(work.lock.key), from: work.lock.token, to: null };
    const { main } = prepared.candidate;
    const others = [...work.proposals.reserved, ...(await followRewritten(project, prepared.rewritten))];
    const refs = [own, ...others, ...backWithLanding(turn)];
    const moved = await project.moveMain({ run: work.lock.run, old: main, new: commit, refs });
    switch (moved.kind) {
      case 'moved':
        turn.token = null;
        await noteGreenMain(project, work, commit, gated.scope);
        return { kind: 'landed', commit, main, named: moved.named, checks };
      case 'in-the-way':
        return { ...(await putOff(project, work, { commit, base: main, reason: moved.reason })), checks };
      case 'unreachable':
        return { kind: 'failed', checks, reason: moved.reason };
      case 'stale':
        if (moved.refs.includes(LANDING_REF)) turn.token = null;
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

/** It landed, whatever becomes of the note: without one the gate runs once more when something is red. */
async function noteGreenMain(
  project: Project,
  { role, lock }: LandingWork,
  commit: string,
  scope = 'unknown',
): Promise<void> {
  try {
    await writeMainVerdict(project, commit, 'green', scope);
  } catch (error) {
    const message = `that ${project.branch} is green could not be noted: ${(error as Error).message}`;
    const origin = { role: role.name, task: lock.record.task, run: lock.run };
    send(project, origin, { type: 'notice', level: 'warning', message });
  }
}

/**
 * All that was judged about a candidate was judged on its main: while main stands still there is nothing to judge again, and
 * once it has moved outside the backlog the gate has to run again whatever else is found.
 */
async function prepareAgain(
  project: Project,
  work: LandingWork,
  known: PreparedLanding,
): Promise<Prepared | 'gate again'> {
  const { main } = await project.refs.read();
  const before = known.candidate.main;
  if (main === before) return asPrepared(known);
  return (await sameOutsideBacklog(project, before, main)) ? prepareLanding(project, work) : 'gate again';
}

function asPrepared(prepared: PreparedLanding): Prepared {
  return { kind: 'prepared', prepared };
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
