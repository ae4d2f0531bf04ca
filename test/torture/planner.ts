import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { KINDS } from './agent-program.ts';
import type { Dice } from './dice.ts';
import type { Arena, Site } from './make-arena.ts';

/** A task that nobody has written yet. */
export interface NewTask {
  readonly id: string;
  readonly type: 'feature' | 'bug';
  readonly title: string;
  /** For `backlog/<file>`. */
  readonly file: string;
  readonly text: string;
}

/** Invents tasks, and remembers those that are on main for sure. */
export interface Planner {
  next(): NewTask;
  /** The tasks are on main. */
  there(...tasks: readonly NewTask[]): void;
  readonly ids: readonly string[];
  /** A worker found nothing to do since the last look. */
  idle: boolean;
}

/** Each task's kind is written where its agents read it. */
export function planner(arena: Arena, site: Site, chance: Dice): Planner {
  let number = 0;
  const ids: string[] = [];
  return {
    next: () => {
      const id = `${site.prefix}${++number}`;
      const kind = chance.weighted(KINDS);
      writeFileSync(join(arena.desk, `kind-${id}`), `${kind}\n`);
      const type = chance.chance(0.7) ? 'feature' : 'bug';
      const title = `Task ${number}, ${kind}`;
      const priority = chance.pick(['high', 'medium', 'low']);
      const text = `---\nid: ${id}\ntitle: "${title}"   # kept\ntype: ${type}\npriority: ${priority}\nstatus: ready\n---\nDo it.\n`;
      return { id, type, title, file: `backlog/${id}-task-${number}-${kind}.md`, text };
    },
    there: (...tasks) => void ids.push(...tasks.map(({ id }) => id)),
    ids,
    idle: false,
  };
}
