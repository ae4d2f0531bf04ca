import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { faultySystem } from '../support/faulty-system.ts';
import { run, sweepOnce } from './acts.ts';
import type { Arena } from './arena.ts';
import { personWorks } from './person.ts';
import { releaseQueues } from './release-queues.ts';

/** A worker died when its agent had done everything, and the task is free again. */
export async function diedAndSwept(arena: Arena): Promise<void> {
  personWorks(arena);
  await dieWhere(arena, 'A1', 'after', firstAfter(/./, /^processes\.start/));
  await sweepOnce(arena, arena.system());
}

/** Main's ref transaction in a repository without a remote. */
export const MAIN_MOVES = /^git update-ref .*-m rota: \S+ --stdin/;
export const TURN_TO_LAND = /\/queues\/landing/;

/** The first step that matches `pattern` after one that matched `begin`. */
export function firstAfter(begin: RegExp, pattern: RegExp): (label: string) => boolean {
  let begun = false;
  return (label) => {
    const found = begun && pattern.test(label);
    begun ||= begin.test(label);
    return found;
  };
}

/** Workers that died before count as alive for each other, and as dead for what comes then. */
const EARLIER_PID = 2 ** 22 + 99;

/** A worker dies there. Its agent goes on until it has written everything. */
export async function dieWhere(
  arena: Arena,
  task: string,
  when: 'before' | 'after',
  at: (label: string) => boolean,
): Promise<void> {
  const faulty = faultySystem(arena.system(), { kind: 'death', at, when }, { pid: EARLIER_PID });
  const acting = run(arena, faulty.system, undefined, task).then(
    ({ outcome, reason }) => `${outcome}: ${reason}`,
  );
  const end = await Promise.race([acting, faulty.died]);
  if (end !== undefined) throw new Error(`the worker of ${task} should have died: ${end}`);
  releaseQueues(arena);
  const lines = readFileSync(join(arena.desk, 'turn.sh'), 'utf8').match(/^put /gm)?.length ?? 0;
  for (let tries = 0; tries < 600; tries++) {
    if (readdirSync(join(arena.desk, 'ledger')).length >= lines) return;
    await new Promise((done) => setTimeout(done, 50));
  }
  throw new Error(`the agent of ${task} did not write everything`);
}
