import type { OwnRest } from '../../plan/own-rest.ts';
import { type Explanation, pickTask } from '../../plan/pick.ts';
import type { PickFacts } from '../../plan/pick-facts.ts';
import { spreadOf } from '../../plan/spread.ts';
import type { Role } from '../../role/role.ts';
import type { Task, TaskKey } from '../../task/task.ts';
import { readRedMain } from '../land/red-main.ts';
import { originOf, send } from '../project/actor.ts';
import { inTurn } from '../project/in-turn.ts';
import { type Liveness, readLiveness } from '../project/liveness.ts';
import { mainNow } from '../project/main-now.ts';
import type { Project } from '../project/project.ts';
import { type KnownSettings, readSnapshot, type Snapshot } from '../project/snapshot.ts';
import { sweep } from '../sweep/sweep.ts';
import { readOwnRest } from './own-rest.ts';
import { readPickFacts } from './pick-facts.ts';
import { orStepBack, stepBack } from './step-back.ts';
import { type Claim, takeLock } from './take-lock.ts';

export type ClaimResult =
  | { readonly kind: 'claimed'; readonly claim: Claim }
  | { readonly kind: 'idle'; readonly reason: string; readonly explain: readonly Explanation[] };

export interface ClaimWish {
  readonly run: string;
  readonly role: Role;
  /** Only this task, as `rota run ROLE ID` names it. */
  readonly only: TaskKey | null;
  /** Tasks that this shift leaves alone. */
  readonly except: ReadonlySet<TaskKey>;
  readonly stop: AbortSignal;
  /** With which the role was found. */
  readonly known: KnownSettings;
}

/** Lost races before a claim gives up; each one means that somebody else got work. */
const TRIES = 30;
/**
 * How long a claim waits for its turn before it races without one, in milliseconds. A turn is short, and of many who race only
 * one wins: waiting is faster.
 */
const PATIENCE = 10_000;

/**
 * Picks a task and takes its lock by compare-and-swap; a lost race picks again (docs/protocols.md, "Claiming"). Without a remote
 * the lock is not shown in the task file yet: nobody waits for that, see `publishLock`.
 */
export async function claimTask(project: Project, wish: ClaimWish): Promise<ClaimResult> {
  const { clock, random } = project.system;
  let swept = false;
  for (let lost = 0; lost < TRIES; ) {
    // Who wants to claim has just read main: on a remote that is a round trip, and what is stale loses its race.
    const fresh = lost > 0 || swept || project.refs.kind === 'local';
    let from = clock.monotonic();
    const result = await inTurn(project, 'claim', PATIENCE, () => {
      from = clock.monotonic();
      return tryClaim(project, wish, { swept, fresh, lost });
    });
    if (result.kind === 'idle') return result;
    if (result.kind === 'sweep-first') {
      await sweep(project, { dryRun: false, discard: null, only: 'this-machine', stop: wish.stop });
      swept = true;
      continue;
    }
    if (result.kind === 'taken') {
      const { claim } = result;
      if (await orStepBack(project, wish, claim, () => stillEligible(project, wish, claim)))
        return { kind: 'claimed', claim };
      await stepBack(project, wish, claim);
    }
    lost += 1;
    await clock.wait(5 + random.fraction() * 25 * Math.min(lost, 8));
    tellLost(project, wish, result, (clock.monotonic() - from) / 1000);
  }
  const reason = `lost ${TRIES} races for a task in a row; others are working`;
  return { kind: 'idle', reason, explain: [] };
}

function tellLost(
  project: Project,
  { run, role }: ClaimWish,
  result: Extract<Try, { kind: 'taken' | 'lost' }>,
  seconds: number,
): void {
  const { task } = result.kind === 'lost' ? result : result.claim;
  const detail =
    result.kind === 'lost' ? `${task.id} ${result.why}` : `${task.id} was given back, others were faster`;
  send(project, originOf(run, role, null), { type: 'race', over: 'claim', seconds, detail });
}

type Try =
  | { readonly kind: 'taken'; readonly claim: Claim }
  | { readonly kind: 'lost'; readonly task: Task; readonly why: string }
  | Extract<ClaimResult, { kind: 'idle' }>
  /** Workers of this machine died and left locks, or gated work waits to land: that comes before anything is picked. */
  | { readonly kind: 'sweep-first' };

async function tryClaim(
  project: Project,
  wish: ClaimWish,
  { swept, fresh, lost }: { readonly swept: boolean; readonly fresh: boolean; readonly lost: number },
): Promise<Try> {
  const snapshot = await readSnapshot(project, fresh, wish.known);
  const liveness = await readLiveness(project, snapshot.records);
  if (!swept && [...liveness.values()].includes('dead')) return { kind: 'sweep-first' };
  const rest = await restOf(project, wish, snapshot);
  const why = await reasonToRest(project, snapshot, wish.role, liveness, rest);
  if (why !== null) return { kind: 'idle', reason: why, explain: [] };
  const facts = await readPickFacts(project, snapshot, wish.role, rest);
  if (!swept && hasLandable(snapshot, facts)) return { kind: 'sweep-first' };
  const spread = spreadOf(facts, lost, project.system.random.fraction());
  const { task, explain } = pickTask(withExcepted(facts, wish.except), wish.only, spread);
  if (task === null) return { kind: 'idle', reason: reasonForNothing(wish, explain, facts), explain };
  const claim = await takeLock(project, wish, snapshot, task, facts.edited(task.key));
  return claim === 'lost' ? { kind: 'lost', task, why: 'was taken by others' } : { kind: 'taken', claim };
}

/** Naming a task is a person's word: a role that paused itself does it. */
async function restOf(
  project: Project,
  { role, only }: Pick<ClaimWish, 'role' | 'only'>,
  snapshot: Snapshot,
): Promise<OwnRest> {
  const rest = await readOwnRest(project, snapshot, role);
  return only === null ? rest : { ...rest, pause: null };
}

function hasLandable({ records }: Snapshot, facts: PickFacts): boolean {
  return [...records].some(([key, { record }]) => record?.lock === null && facts.landsBySweep(key));
}

function withExcepted(facts: PickFacts, except: ReadonlySet<TaskKey>): PickFacts {
  const tried = [...except].map((key): [TaskKey, string] => [key, 'this shift has tried it already']);
  return { ...facts, unusable: new Map([...facts.unusable, ...tried]) };
}

/** Paused, main red, a budget spent, or as many workers on this machine as rota.yaml allows. */
export async function reasonToRest(
  project: Project,
  snapshot: Snapshot,
  role: Role,
  liveness: ReadonlyMap<TaskKey, Liveness>,
  rest: OwnRest,
): Promise<string | null> {
  const { all, roles, problem } = snapshot.pause;
  if (problem !== undefined) return problem;
  if (all || roles.includes(role.name))
    return `${all ? 'everything' : `role ${role.name}`} is paused (rota resume)`;
  const red = await readRedMain(project, snapshot.view.main, role.isolation);
  if (red !== null) return red;
  if (rest.pause !== null || rest.budget !== null) return rest.pause ?? rest.budget;
  const { id, pidNamespace } = project.system.machine;
  const here = [...snapshot.records].filter(([key, { record }]) => {
    const lock = record?.lock ?? null;
    return (
      record?.state !== 'reserved' &&
      lock?.machine === id &&
      lock.pidNamespace === pidNamespace &&
      liveness.get(key) === 'live'
    );
  });
  const { workers } = snapshot.config;
  if (here.length >= workers) return `${here.length} of ${workers} workers are busy on this machine`;
  return fleetIsFull(snapshot, role, liveness);
}

/** Best effort: of several machines that look at the same moment each may still start one. */
function fleetIsFull(
  { records }: Snapshot,
  { name, maxWorkers }: Role,
  liveness: ReadonlyMap<TaskKey, Liveness>,
): string | null {
  if (maxWorkers === null) return null;
  const busy = [...records].filter(
    ([key, { record }]) =>
      record?.state !== 'reserved' && record?.lock?.role === name && liveness.get(key) !== 'dead',
  );
  return busy.length < maxWorkers
    ? null
    : `${busy.length} of ${maxWorkers} workers of role ${name} are busy in the fleet`;
}

function reasonForNothing(
  { role, only }: ClaimWish,
  explain: readonly Explanation[],
  { full }: PickFacts,
): string {
  if (only === null) return `nothing is eligible for ${role.name}${full === null ? '' : `: ${full}`}`;
  const found = explain.find(({ key }) => key === only);
  return found === undefined ? `${only} is not in the backlog on main` : `${found.id}: ${found.reason}`;
}

/**
 * A claim counts only if the task is still eligible on a main and records read after it: a person may have edited it,
 * and another worker may have locked a task with overlapping `touches` at the same moment.
 */
async function stillEligible(project: Project, wish: ClaimWish, claim: Claim): Promise<boolean> {
  const alone = claim.task.touches.length === 0;
  if (claim.settled && alone) return true;
  // How many requests there may be is limited: others may have begun one at the same moment.
  const counted = claim.snapshot.config.integrate === 'pr';
  const looked = alone && !counted;
  if (looked && (await mainNow(project)) === claim.snapshot.view.main) return true;
  // On a remote a look is a round trip: what was seen just now will do.
  const fresh = !looked || project.refs.kind === 'local';
  const after = await readSnapshot(project, fresh, wish.known);
  const records = new Map(after.records);
  const before = claim.snapshot.records.get(claim.task.key);
  if (before === undefined) records.delete(claim.task.key);
  else records.set(claim.task.key, before);
  const rest = await restOf(project, wish, after);
  const facts = await readPickFacts(project, { ...after, records }, wish.role, rest);
  return pickTask(facts, claim.task.key).task !== null;
}
