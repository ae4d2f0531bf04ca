import type { Task, TaskKey } from '../task/task.ts';
import { instantOf } from './instant.ts';
import type { PickFacts } from './pick-facts.ts';
import type { RecordState } from './record.ts';

/** The facts, with what is looked up again and again worked out once. */
export interface PickRuleContext {
  readonly facts: PickFacts;
  readonly byKey: ReadonlyMap<TaskKey, Task>;
  readonly unusable: ReadonlyMap<TaskKey, string>;
  /** Tasks that declare `touches` and are locked now, with who holds each. */
  readonly locked: readonly { readonly task: Task; readonly holder: string }[];
  /** globsOverlap, remembered: many tasks name the same few globs. */
  readonly overlap: (a: string, b: string) => boolean;
  /** A task by an id as a person wrote it; null when the id itself is not valid. */
  readonly find: (id: string) => { readonly key: TaskKey; readonly task: Task | null } | null;
}

type Rule = (task: Task, context: PickRuleContext) => string | null;

/**
 * Why this task must not be picked, in words, or null if it may be. What makes everything else beside the point (an
 * epic, another role's task, a draft) is named alone; else all that is in the way is named.
 */
export function ineligibility(task: Task, context: PickRuleContext): string | null {
  for (const rule of DECISIVE) {
    const reason = rule(task, context);
    if (reason !== null) return reason;
  }
  const reasons = OBSTACLES.map((rule) => rule(task, context)).filter((reason) => reason !== null);
  return reasons.length === 0 ? null : reasons.join('; ');
}

const usable: Rule = (task, { unusable }) => unusable.get(task.key) ?? null;

const notAnEpic: Rule = (task) =>
  task.type === 'epic' ? 'an epic: its tasks are picked, never itself' : null;

const rightRole: Rule = (task, { facts }) => {
  const wanted = facts.role.name;
  if (task.role !== null) {
    if (task.role === wanted) return null;
    const exists = facts.roles.some((role) => role.name === task.role);
    return exists ? `for role ${task.role}` : `names role ${task.role}, which does not exist`;
  }
  const takers = facts.roles.filter((role) => role.takes.type.includes(task.type)).map((role) => role.name);
  if (takers.length === 0) return `no role takes type ${task.type}`;
  if (takers.length > 1)
    return `${takers.join(' and ')} all take type ${task.type}: the task must say which, \`role:\``;
  return takers[0] === wanted ? null : `type ${task.type} is for role ${takers[0]}`;
};

const ready: Rule = (task) => (task.status === 'ready' ? null : `status is ${task.status}, not ready`);

const notPaused: Rule = (_task, { facts }) => {
  if (facts.paused.all) return 'everything is paused (`rota resume`)';
  const name = facts.role.name;
  return facts.paused.roles.includes(name) ? `role ${name} is paused (\`rota resume ${name}\`)` : null;
};

const notResting: Rule = (task, { facts }) => {
  const { pause, budget, spent } = facts.rest;
  const reasons = [pause, budget, spent.get(task.key) ?? null].filter((reason) => reason !== null);
  return reasons.length === 0 ? null : reasons.join('; ');
};

const pastNotBefore: Rule = (task, { facts }) => {
  if (task.notBefore === null) return null;
  const at = instantOf(task.notBefore);
  if (at === null) return `not-before "${task.notBefore}" is not a date`;
  return at > facts.now.getTime() ? `not before ${task.notBefore}` : null;
};

const dependenciesDone: Rule = (task, context) => {
  const waitsFor = task.depends.flatMap((id) => {
    const found = context.find(id);
    if (found === null || (found.task === null && !context.unusable.has(found.key)))
      return [`${id} (unknown)`];
    if (found.task === null || context.unusable.has(found.key)) return [`${id} (cannot be read)`];
    return found.task.status === 'done' ? [] : [`${found.task.id} (${found.task.status})`];
  });
  return waitsFor.length === 0 ? null : `waits for ${waitsFor.join(', ')}`;
};

const noPersonsLock: Rule = (task) => {
  // A block that names a run is only shown there: the record says whether that run lives.
  if (task.lock === null || task.lock.run !== null) return null;
  return `locked by ${task.lock.by ?? 'a person'}, in the file`;
};

const noLock: Rule = (task, { facts }) => {
  const held = facts.records.get(task.key);
  if (held === undefined) return null;
  if (held.record === null) return 'held by a newer version of rota';
  const lock = held.record.lock;
  if (lock === null) return null;
  const who = `${lock.role} (${lock.by}, run ${lock.run})`;
  const liveness = facts.liveness(task.key);
  return liveness === 'dead'
    ? `${who} died with the lock: the next run or \`rota sweep\` frees it`
    : `locked by ${who}`;
};

const stateAllows: Rule = (task, { facts }) => {
  const record = facts.records.get(task.key)?.record ?? null;
  if (record === null || record.state === null) return null;
  return stateReason(record.state, task, facts, record.reason === null ? '' : `: ${record.reason}`);
};

function stateReason(state: RecordState, task: Task, facts: PickFacts, why: string): string | null {
  switch (state) {
    case 'returned':
      return null;
    case 'waiting':
      return facts.landsBySweep(task.key)
        ? 'gated, waiting to land: the next run or `rota sweep` lands it'
        : null;
    case 'held':
      return `held for a person's word (\`rota land ${task.id}\`)${why}`;
    case 'proposed':
      return 'its pull request is open';
    case 'blocked':
      return facts.edited(task.key) ? null : `blocked${why}; edit the task to try again`;
    case 'reserved':
      return 'its id is being created by a run';
    default:
      return state satisfies never;
  }
}

/** What has a request already goes on: that closes one. */
const roomForRequest: Rule = (task, { facts }) => {
  const record = facts.records.get(task.key)?.record ?? null;
  return record?.state === 'returned' || record?.state === 'proposed' ? null : facts.full;
};

const attemptsLeft: Rule = (task, { facts }) => {
  const attempts = facts.records.get(task.key)?.record?.attempts ?? 0;
  if (attempts < facts.role.attempts || facts.edited(task.key)) return null;
  return `${attempts} of ${facts.role.attempts} attempts used; edit the task to try again`;
};

const backoffOver: Rule = (task, { facts }) => {
  // Like attempts and `blocked`: a person's edit is their word to try again.
  if (facts.edited(task.key)) return null;
  const until = facts.records.get(task.key)?.record?.notBefore ?? null;
  if (until === null) return null;
  const at = instantOf(until);
  // Only rota writes this; what cannot be read must not stop a task for ever.
  return at !== null && at > facts.now.getTime()
    ? `the last run failed; not before ${until}, or edit the task to try again`
    : null;
};

const noOverlap: Rule = (task, { locked, overlap }) => {
  for (const other of locked) {
    if (other.task.key === task.key) continue;
    for (const mine of task.touches) {
      const theirs = other.task.touches.find((glob) => overlap(mine, glob));
      if (theirs === undefined) continue;
      const where = mine === theirs ? `touches ${mine} like` : `touches ${mine}, which overlaps ${theirs} of`;
      return `${where} ${other.task.id}, locked by ${other.holder}`;
    }
  }
  return null;
};

const DECISIVE: readonly Rule[] = [usable, notAnEpic, rightRole, ready];
const OBSTACLES: readonly Rule[] = [
  notPaused,
  notResting,
  pastNotBefore,
  dependenciesDone,
  noPersonsLock,
  noLock,
  stateAllows,
  roomForRequest,
  attemptsLeft,
  backoffOver,
  noOverlap,
];
