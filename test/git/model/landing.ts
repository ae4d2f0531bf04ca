import type { Outcome } from '../../../src/plan/outcome.ts';
import {
  codeOf,
  contentOf,
  type Facts,
  isRed,
  isRevoked,
  release,
  type TaskFacts,
  type WorkerFacts,
  wordsOf,
} from './facts.ts';

/** What a worker's branch has when it wants to land. */
export interface Work {
  /** The gate says no to it. */
  readonly red: boolean;
  /** It also gives this task this order. */
  readonly rewrite: { readonly task: TaskFacts; readonly order: number } | null;
}

/** How a landing has to end, and what is true afterwards. */
export function land(facts: Facts, worker: WorkerFacts, work: Work): Outcome {
  const outcome = outcomeOf(facts, worker, work);
  if (outcome === 'landed') landed(facts, worker, work);
  else release(facts, worker, outcome);
  return outcome;
}

function outcomeOf(facts: Facts, worker: WorkerFacts, { red, rewrite }: Work): Outcome {
  const { task, machine } = worker;
  if (isRevoked(worker)) return 'revoked';
  if (wordsOf(task) !== worker.words) return 'partial';
  if (rewrite !== null && rewrite.task.order !== worker.orders.get(rewrite.task.id)) return 'conflict';
  if (red || isRed(facts)) {
    const here = facts.machines[machine]!;
    const known = here.verdict?.code === codeOf(facts) ? here.verdict : null;
    here.verdict = known ?? { code: codeOf(facts), red: isRed(facts) };
    return here.verdict.red ? 'main-red' : 'red';
  }
  return task.record?.holder === worker ? 'landed' : 'revoked';
}

function landed(facts: Facts, worker: WorkerFacts, { rewrite }: Work): void {
  const { task, run, machine } = worker;
  worker.over = true;
  worker.landed = true;
  task.status = 'done';
  task.block = null;
  task.record = null;
  task.landings += 1;
  facts.code.add(`src/${run}.txt`);
  facts.machines[machine]!.verdict = { code: codeOf(facts), red: false };
  if (rewrite === null) return;
  const other = rewrite.task;
  const known = other.record !== null && other.record.of === contentOf(other);
  other.order = rewrite.order;
  if (!known || other.record === null) return;
  other.record.of = contentOf(other);
  other.record.revision += 1;
}
