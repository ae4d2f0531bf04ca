import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pickTask } from '../../../src/plan/pick.ts';
import { taskKey } from '../../../src/task/id.ts';
import type { Task } from '../../../src/task/task.ts';
import { makeFacts, makeTask } from './make.ts';

describe('which one is picked', () => {
  const ids = (tasks: Task[]) => {
    const order: string[] = [];
    let left = tasks;
    for (;;) {
      // Done ones leave the list but stay in the backlog, so that nothing else changes.
      const { task } = pickTask(makeFacts(left));
      if (task === null) return order;
      order.push(task.id);
      left = left.filter((one) => one.key !== task.key);
    }
  };

  it('by priority, then order with none last, then id by number', () => {
    const tasks = [
      makeTask('A10'),
      makeTask('A9'),
      makeTask('B1', { order: 2 }),
      makeTask('B2', { order: 1 }),
      makeTask('C1', { priority: 'low', order: 1 }),
      makeTask('C2', { priority: 'high' }),
    ];
    expect(ids(tasks)).toEqual(['C2', 'B2', 'B1', 'A9', 'A10', 'C1']);
  });

  it('those that unblock most open tasks, through others too, and cycles do not hang it', () => {
    const tasks = [
      makeTask('A1'),
      makeTask('A2'),
      makeTask('A3'),
      makeTask('B1', { depends: ['A3'] }),
      makeTask('B2', { depends: ['B1', 'B3'] }),
      makeTask('B3', { depends: ['B2'] }),
      makeTask('C1', { depends: ['A2'] }),
      makeTask('C2', { depends: ['A1'], status: 'done' }),
      makeTask('C3', { depends: ['A1'], status: 'dropped' }),
    ];
    expect(pickTask(makeFacts(tasks)).task?.id).toBe('A3');
    expect(pickTask(makeFacts(tasks.filter(({ id }) => id !== 'A3'))).task?.id).toBe('A2');
  });

  it('is the same for every order of the files', () => {
    const task = fc.record({
      priority: fc.constantFrom('high' as const, 'medium' as const, 'low' as const),
      order: fc.option(fc.integer({ min: 0, max: 2 })),
      depends: fc.array(
        fc.integer({ min: 1, max: 8 }).map((n) => `A${n}`),
        { maxLength: 2 },
      ),
      status: fc.constantFrom('ready' as const, 'ready' as const, 'done' as const),
    });
    fc.assert(
      fc.property(fc.array(task, { minLength: 1, maxLength: 8 }), (specs) => {
        const tasks = specs.map((spec, index) => makeTask(`A${index + 1}`, spec));
        const shuffled = tasks.toReversed();
        const { task: picked, explain } = pickTask(makeFacts(tasks));
        expect(pickTask(makeFacts(shuffled)).task?.id).toBe(picked?.id);
        expect(picked === null).toBe(!explain.some((entry) => entry.eligible));
        if (picked !== null) expect(explain.find(({ key }) => key === picked.key)?.eligible).toBe(true);
      }),
      { numRuns: 200 },
    );
  });

  it('only the named one', () => {
    const facts = makeFacts([makeTask('A1', { priority: 'high' }), makeTask('A2')]);
    expect(pickTask(facts, taskKey('A2')).task?.id).toBe('A2');
    expect(pickTask(facts, taskKey('A7')).task).toBeNull();
  });
});
