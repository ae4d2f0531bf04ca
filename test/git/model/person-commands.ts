import { RotaError } from '../../../src/errors.ts';
import { editTaskKeys, lockTask, unlockTask } from '../../../src/run/backlog/edit-task.ts';
import { taskKey } from '../../../src/task/id.ts';
import { type Facts, type TaskFacts, takeOff } from './facts.ts';
import { editFile, taskText, textOf } from './person.ts';
import { command, type ModelCommand, onMachine } from './run-commands.ts';
import type { World } from './world.ts';

/** Numbers what a person writes, so that no text comes twice. */
let said = 0;

function withTask(
  name: string,
  n: number,
  there: boolean,
  run: (facts: Facts, world: World, task: TaskFacts) => Promise<unknown>,
): ModelCommand {
  const matching = (facts: Facts) => facts.tasks.filter((task) => task.there === there);
  return command(
    `${name}(${n})`,
    (facts) => matching(facts).length > 0,
    (facts, world) => {
      const tasks = matching(facts);
      return run(facts, world, tasks[n % tasks.length]!);
    },
  );
}

export function editTitle(n: number): ModelCommand {
  return withTask('editTitle', n, true, async (_facts, world, task) => {
    task.title = `Greet ${task.id} for the ${++said}th time`;
    await editFile(world, task, (text) => text.replace(/^title: .*?( {3}#.*)$/m, `title: ${task.title}$1`));
  });
}

export function editBody(n: number): ModelCommand {
  return withTask('editBody', n, true, async (_facts, world, task) => {
    const before = task.body;
    task.body = `Say hello, version ${++said}.`;
    await editFile(world, task, (text) => text.replace(before, task.body));
  });
}

/** By hand, or with `rota edit`. */
export function editStatus(n: number, status: string, by: 'hand' | 'rota'): ModelCommand {
  return withTask(`editStatus:${status} by ${by}`, n, true, async (_facts, world, task) => {
    if (by === 'hand')
      await editFile(world, task, (text) => text.replace(/^status: \w+/m, `status: ${status}`));
    else await editTaskKeys(world.machines[0]!.project, taskKey(task.id), { status });
    task.status = status;
  });
}

/** Ready again, and nobody's: a person wants it done. */
export function reopen(n: number): ModelCommand {
  return withTask('reopen', n, true, async (_facts, world, task) => {
    await editFile(world, task, (text) =>
      text.replace(/^lock: .*\n/m, '').replace(/^status: \w+/m, 'status: ready'),
    );
    Object.assign(task, { status: 'ready', block: null });
  });
}

export function lockByHand(n: number): ModelCommand {
  return withTask('lockByHand', n, true, async (_facts, world, task) => {
    const since = `2026-11-20T11:03:${String(++said % 60).padStart(2, '0')}Z`;
    await editFile(world, task, (text) =>
      text.replace(/^lock: .*\n/m, '').replace(/^id: /m, `lock: {by: mike, since: ${since}}\nid: `),
    );
    task.block = 'person';
  });
}

/** Deletes whatever lock block is shown. */
export function unlockByHand(n: number): ModelCommand {
  return withTask('unlockByHand', n, true, async (_facts, world, task) => {
    await editFile(world, task, (text) => text.replace(/^lock: .*\n/m, ''));
    task.block = null;
  });
}

export function lockWithRota(n: number, on: number): ModelCommand {
  return withTask('lockWithRota', n, true, async (_facts, world, task) => {
    const { project } = world.machines[onMachine(world, on)]!;
    const open = task.status !== 'done' && task.status !== 'dropped';
    const mikes = task.block === 'person' && /^lock: \{by: mike/m.test(textOf(world, task));
    try {
      await lockTask(project, taskKey(task.id));
    } catch (error) {
      if (error instanceof RotaError && (!open || mikes)) return;
      throw error;
    }
    if (!open || mikes) throw new Error(`${task.id} was locked although it may not be`);
    task.block = 'person';
    takeOff(task);
  });
}

export function unlockWithRota(n: number, on: number): ModelCommand {
  return withTask('unlockWithRota', n, true, async (_facts, world, task) => {
    await unlockTask(world.machines[onMachine(world, on)]!.project, taskKey(task.id));
    task.block = null;
    takeOff(task);
  });
}

export function rename(n: number): ModelCommand {
  return withTask('rename', n, true, async (_facts, world, task) => {
    const to = `backlog/${task.id}-renamed-${++said}.md`;
    await world.commit(`docs: rename ${task.id}`, { [task.file]: null, [to]: textOf(world, task) });
    task.file = to;
  });
}

export function remove(n: number): ModelCommand {
  return withTask('remove', n, true, async (_facts, world, task) => {
    await world.commit(`docs: delete ${task.id}`, { [task.file]: null });
    task.there = false;
  });
}

/** The file comes back as new: ready, without what rota had added. */
export function bringBack(n: number): ModelCommand {
  return withTask('bringBack', n, false, async (_facts, world, task) => {
    Object.assign(task, { there: true, status: 'ready', order: null, block: null, landings: 0 });
    await world.commit(`docs: bring ${task.id} back`, { [task.file]: taskText(task) });
  });
}

export function commitCode(): ModelCommand {
  return command(
    'commitCode',
    () => true,
    async (facts, world) => {
      const path = `src/persons-${++said}.txt`;
      await world.commit('feat: code of a person', { [path]: 'theirs\n' });
      facts.code.add(path);
    },
  );
}

export function breakMain(): ModelCommand {
  return command(
    'breakMain',
    ({ code }) => !code.has('broken'),
    async (facts, world) => {
      await world.commit('feat: oops', { broken: 'x\n' });
      facts.code.add('broken');
    },
  );
}

export function mendMain(): ModelCommand {
  return command(
    'mendMain',
    ({ code }) => code.has('broken'),
    async (facts, world) => {
      await world.commit('fix: mended', { broken: null });
      facts.code.delete('broken');
    },
  );
}
