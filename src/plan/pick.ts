import { compareTaskKeys, parseTaskId } from '../task/id.ts';
import type { Task, TaskKey } from '../task/task.ts';
import { globsOverlap } from './overlap.ts';
import type { PickFacts } from './pick-facts.ts';
import { comparePickOrder } from './pick-order.ts';
import { ineligibility, type PickRuleContext } from './pick-rules.ts';
import { FIRST, type Spread } from './spread.ts';
import { touchesAdvice } from './touches-advice.ts';

/** Why one task can or cannot be picked, for `rota next --explain`. */
export interface Explanation {
  /** As written in the file; the canonical key for a file that could not be read. */
  readonly id: string;
  readonly key: TaskKey;
  readonly eligible: boolean;
  /** Plain words, with the names of what is in the way. */
  readonly reason: string;
  /** What `touches` would have avoided its last conflict; null: nothing to say. */
  readonly advice: string | null;
}

export interface Pick {
  readonly task: Task | null;
  readonly explain: readonly Explanation[];
}

/**
 * The task that this role should work on next (docs/protocols.md, "Picking"), with the explanation of every task.
 * `only` restricts the choice to one task, as `rota run ROLE ID` does; its explanation says why it was not taken. The same facts
 * and the same spread give the same task.
 */
export function pickTask(facts: PickFacts, only: TaskKey | null = null, spread: Spread = FIRST): Pick {
  const explain = explainPick(facts);
  const eligible = new Set(explain.filter((entry) => entry.eligible).map((entry) => entry.key));
  const candidates = facts.tasks.filter(
    (task) => eligible.has(task.key) && (only === null || task.key === only),
  );
  const compare = comparePickOrder(facts.tasks);
  let best: Task[] = [];
  for (const task of candidates) {
    const order = best[0] === undefined ? -1 : compare(task, best[0]);
    if (order < 0) best = [task];
    else if (order === 0) best.push(task);
  }
  best.sort((a, b) => compareTaskKeys(a.key, b.key));
  const index = Math.floor(spread.fraction * Math.min(spread.width, best.length));
  return { task: best[index] ?? null, explain };
}

/** One explanation for every task, readable or not, in the order of `facts.tasks`. */
export function explainPick(facts: PickFacts): Explanation[] {
  const context = contextOf(facts);
  const explained = facts.tasks.map((task): Explanation => {
    const reason = ineligibility(task, context);
    const eligible = reason === null;
    const record = facts.records.get(task.key)?.record ?? null;
    const advice = touchesAdvice(task, record, (key) => context.byKey.get(key) ?? null);
    return { id: task.id, key: task.key, eligible, reason: reason ?? inFavour(task, facts), advice };
  });
  for (const [key, reason] of facts.unusable) {
    if (!context.byKey.has(key)) explained.push({ id: key, key, eligible: false, reason, advice: null });
  }
  return explained;
}

function contextOf(facts: PickFacts): PickRuleContext {
  const byKey = new Map<TaskKey, Task>();
  const unusable = new Map(facts.unusable);
  for (const task of facts.tasks) {
    const other = byKey.get(task.key);
    if (other === undefined) byKey.set(task.key, task);
    else if (!unusable.has(task.key))
      unusable.set(task.key, `${other.file} and ${task.file} have the same id ${task.key}`);
  }
  const locked = facts.tasks.flatMap((task) => {
    const holder = task.touches.length > 0 ? holderOf(task, facts) : null;
    return holder === null ? [] : [{ task, holder }];
  });
  return { facts, byKey, unusable, locked, find: (id) => findTask(id, byKey), overlap: rememberedOverlap() };
}

function rememberedOverlap(): (a: string, b: string) => boolean {
  const known = new Map<string, boolean>();
  return (a, b) => {
    const pair = JSON.stringify([a, b]);
    const overlap = known.get(pair) ?? globsOverlap(a, b);
    known.set(pair, overlap);
    return overlap;
  };
}

/** Who holds the lock on a task, or null. A person's block counts while the task is open; a dead worker's does not. */
function holderOf(task: Task, facts: PickFacts): string | null {
  const held = facts.records.get(task.key);
  if (held !== undefined) {
    if (held.record === null) return 'a newer version of rota';
    if (held.record.lock !== null && facts.liveness(task.key) !== 'dead') return held.record.lock.role;
  }
  const open = task.status !== 'done' && task.status !== 'dropped';
  return open && task.lock !== null && task.lock.run === null ? (task.lock.by ?? 'a person') : null;
}

function findTask(id: string, byKey: ReadonlyMap<TaskKey, Task>): { key: TaskKey; task: Task | null } | null {
  const key = parseTaskId(id);
  return key === null ? null : { key, task: byKey.get(key) ?? null };
}

function inFavour(task: Task, facts: PickFacts): string {
  const record = facts.records.get(task.key)?.record ?? null;
  const words = [`${task.priority} priority`];
  if (task.order !== null) words.push(`order ${task.order}`);
  if (record === null) return words.join(', ');
  if (record.state === 'waiting') words.push('gated on an older main: the run starts at the gate');
  if (record.state === 'returned') words.push('changes were requested');
  if (facts.edited(task.key)) {
    if (record.state === 'blocked') words.push('edited since it was blocked');
    else if (record.attempts > 0) words.push('edited, so attempts start again');
  } else if (record.attempts > 0) {
    words.push(`attempt ${record.attempts + 1} of ${facts.role.attempts}`);
  }
  return words.join(', ');
}
