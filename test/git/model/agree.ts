import { expect } from 'vitest';
import type { Facts } from './facts.ts';
import { lookAtHistory, lookAtRecord, lookAtTasks } from './look.ts';
import { personsText } from './person.ts';
import type { World } from './world.ts';

/** Where main was when it was last looked at, for each world. */
const looked = new WeakMap<World, string>();

/** The first look at a world. */
export function startLooking(world: World): void {
  looked.set(world, world.main());
}

/** Main and the records are as the model says, and every invariant holds. Throws what differs. */
export async function expectAgreement(facts: Facts, world: World, after: string): Promise<void> {
  expectHistory(facts, world, after);
  const shown = lookAtTasks(world);
  const there = facts.tasks.filter((task) => task.there);
  expect([...shown.keys()].sort(), `tasks on main, ${after}`).toEqual(there.map(({ id }) => id).sort());
  for (const task of there) {
    expect(shown.get(task.id), `${task.id} on main, ${after}`).toEqual({
      ...{ file: task.file, status: task.status, order: task.order, block: task.block },
      persons: personsText(task),
      landed: task.landings,
    });
  }
  for (const { id, record } of facts.tasks) {
    const real = await lookAtRecord(world, id);
    const said = real === null ? null : { run: real.run, attempts: real.attempts, state: real.state };
    const expected =
      record === null
        ? null
        : { run: record.holder?.run ?? null, attempts: record.attempts, state: record.state };
    expect(said, `record of ${id}, ${after}`).toEqual(expected);
  }
  if (world.kind === 'local')
    expect(world.desk.git('status', '--porcelain'), `home checkout, ${after}`).toBe('');
}

/** Nothing lands red, ungated or beside main's history; nobody lands whom the model does not know to have landed. */
function expectHistory(facts: Facts, world: World, after: string): void {
  let before = looked.get(world)!;
  const landed = new Set(facts.workers.filter(({ landed: has }) => has).map(({ run }) => run));
  for (const { id, first, run, gated, tree } of lookAtHistory(world, before)) {
    expect(first, `first parent of ${id}, ${after}`).toBe(before);
    before = id;
    if (run === '') continue;
    expect(landed, `a landing of ${run}, ${after}`).toContain(run);
    expect(tree, `the landed tree of ${run}, ${after}`).toBe(gated);
    expect(tree, `a red landing of ${run}, ${after}`).not.toMatch(/\t(?:broken|bad)$/m);
  }
  expect(before, `main, ${after}`).toBe(world.main());
  looked.set(world, before);
}
